#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The status page of --http, as a client of HTTP sees it.

usage: test_status.py PROGRAM CAPTURES
"""

import json
import socket
import urllib.parse

from program import check, main, one_line, run, test
from status_page import ENDLESS, ask, page_of, values, wait_for


def by_name(rows):
    return {row["name"]: row for row in rows}


@test
def the_values_are_those_of_chip_driver_and_wire():
    with page_of(*ENDLESS) as address:
        shown = wait_for(address, lambda all: all["ends"][0]["traffic"]["frames sent"] > 1000)
        end = shown["ends"][0]
        check((shown["wire"], shown["above"], shown["driver"], shown["profile"]) ==
              ("gen", "echo", "core", "vmware"), shown)
        check(not shown["real_time"] and shown["judge"]["violations"] == 0, shown["judge"])
        table = {int(line.split()[0], 16): line.split()[1]
                 for line in run("registers").out.splitlines()[1:]}
        registers, counters = by_name(end["registers"]), by_name(end["counters"])
        for row in end["registers"] + end["counters"]:
            name = table.get(row["offset"])
            check(name is None or name.split("[")[0] == row["name"].rstrip("0123456789") or name == row["name"],
                  row, name)
        check(registers["RCTL"]["offset"] == 0x100 and registers["RCTL"]["value"] & 2, "the receiver is on")
        check(registers["STATUS"]["value"] & 2, "the link is up")
        check("GPRC" in counters and "GPRC" not in registers and "IMC" not in registers)
        for ring, name in zip(end["rings"], ("RD", "TD")):
            for key, register in (("head", "H"), ("tail", "T")):
                check(ring[key] == registers[name + register]["value"] < ring["length"], ring)
            check(ring["length"] == registers[name + "LEN"]["value"] // 16 == 256, ring)
            check(ring["base"] & 15 == 0 and ring["owned_by_chip"] ==
                  (ring["tail"] - ring["head"]) % ring["length"], ring)
        check(end["driver"] and end["link"], end)
        traffic = end["traffic"]
        check(traffic["frames arrived"] >= traffic["frames handed up"] > 0, traffic)
        check(traffic["interrupts"] > 0 and traffic["register writes"] > 0, traffic)


@test
def they_move_and_rates_are_remembered():
    with page_of(*ENDLESS) as address:
        first = values(address)
        later = wait_for(address, lambda all: len(all["rates"]) >= 2)
        before, after = first["ends"][0]["traffic"], later["ends"][0]["traffic"]
        check(after["frames arrived"] > before["frames arrived"], before, after)
        check(later["seconds"] > first["seconds"] and later["bench_seconds"] > first["bench_seconds"])
        times = [point[0] for point in later["rates"]]
        check(times == sorted(times) and times[0] >= 1, times)
        for _, frames_in, frames_out, bytes_in, bytes_out, interrupts in later["rates"]:
            check(frames_in > 0 and frames_out > 0 and interrupts > 0, later["rates"])
            check(bytes_in >= 60 * frames_in - 60 and bytes_out >= 60 * frames_out - 60, later["rates"])


@test
def both_ends_of_a_pair_are_shown():
    with page_of("run", "--wire", "pair", "--above", "gen:count=endless", "--above", "echo", "--promisc") as address:
        shown = wait_for(address, lambda all: all["ends"][1]["traffic"]["frames sent"] > 0)
        check(len(shown["ends"]) == 2, len(shown["ends"]))


@test
def net_serves_it_while_lwip_transfers():
    rows = json.loads(run("list", "--json").out)
    there = {row["name"] for column in ("above", "wire") for row in rows[column] if row["usable"]}
    if not {"lwip", "slirp"} <= there:
        return
    with page_of("net", "--bytes", "1000G") as address:
        shown = wait_for(address, lambda all: all["ends"][0]["traffic"]["bytes arrived"] > 1000000)
        check(shown["real_time"] and (shown["wire"], shown["above"]) == ("slirp", "lwip"), shown)


@test
def the_page_needs_nothing_from_elsewhere():
    with page_of(*ENDLESS) as address:
        status, kind, text = ask(address, "/")
        check(status == 200 and kind == "text/html; charset=utf-8" and text.startswith("<!DOCTYPE html>"), text[:80])
        check("https://" not in text and text.count("http://") == text.count("http://www.w3.org/2000/svg"),
              "something comes from elsewhere")
        check(" src=" not in text and "<link" not in text)
        check(ask(address, "/", "HEAD")[::2] == (200, ""))
        check(ask(address, "/../etc/passwd")[0] == 404)
        check(ask(address, "/status.json", "DELETE")[0] == 405)


@test
def only_loopback_is_served():
    with page_of(*ENDLESS) as address, socket.socket() as other:
        other.settimeout(60)
        check(other.connect_ex(("127.0.0.2", urllib.parse.urlsplit(address).port)) != 0, "127.0.0.2 answers")


@test
def what_is_wrong_with_the_option_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        one_line(run("run", "--wire", "gen", "--http", port), 3, "--http", "port %d: Address already in use" % port)
    one_line(run("run", "--http", "0"), 2, "'--http'", "'--wire'")
    one_line(run("run", "--wire", "loop", "--http", "65536"), 2, "--http", "'65536'")
    one_line(run("net", "--http", "x"), 2, "--http", "'x'")


main()
