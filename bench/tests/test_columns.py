#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the bench is put together from, listed and joined by the program.

usage: test_columns.py PROGRAM CAPTURES
"""

import json
import os
import signal
import subprocess
import sys
import tempfile

import pcapfile
from program import PROGRAM, check, main, one_line, run, test

SMALL = os.path.join(sys.argv[2], "small.pcap")


def bytes_of(path):
    return [data for _, data, _ in pcapfile.read(path)]


@test
def list_shows_every_column():
    result = run("list")
    check(result.status == 0, result.err)
    for text in ("--above", "--driver", "--device", "--wire", "core ", "emu ", "loop ", "pair ", "pcap:",
                 "echo over loop", "silicon"):
        check(" ".join(text.split()) in " ".join(result.out.split()), text, result.out)
    rows = json.loads(run("list", "--json").out)
    for column in ("above", "driver", "device", "wire"):
        for row in rows[column]:
            check(row["name"] in result.out and row["summary"], row)
            check(row["usable"] or row["why_not"], row)
    for row in rows["combinations"]:
        check(row["possible"] or row["why_not"], row)


@test
def a_pair_carries_a_capture_there_and_back():
    with tempfile.TemporaryDirectory() as folder:
        out, seen = os.path.join(folder, "a,b.pcap"), os.path.join(folder, "wire.pcap")
        result = run("run", "--wire", "pair", "--above", "pcap:%s,out=%s" % (SMALL, out.replace(",", ",,")),
                     "--above", "echo", "--promisc", "--capture", seen, "--json", os.path.join(folder, "j"))
        check(result.status == 0 and result.err == "", result.err)
        sent = bytes_of(SMALL)
        check(bytes_of(out) == sent, "what came back is not what was sent")
        check(len(pcapfile.read(seen)) == 2 * len(sent), "the wire carried each frame twice")
        with open(os.path.join(folder, "j"), encoding="utf-8") as stream:
            report = json.load(stream)
        check(report["passed"] and not report["real_time"] and report["wire"] == "pair", report)
        for end in report["ends"]:
            check(end["frames_arrived"] == end["frames_sent"] == len(sent), end)
            check(end["dropped"] == {}, end)


@test
def the_address_filter_shows_in_the_report():
    result = run("run", "--wire", "pcap:" + SMALL, "--mac", "02:00:00:00:00:01")
    check(result.status == 0 and "dropped: filtered" in result.out, result.out, result.err)


@test
def ctrl_c_ends_a_run_with_its_report():
    process = subprocess.Popen(
        [PROGRAM, "run", "--wire", "loop", "--above", "pcap:%s,loop=1000000000" % SMALL, "--promisc"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while b"over loop" not in process.stdout.readline():
        check(process.poll() is None, "it ended")
    process.send_signal(signal.SIGINT)
    text, errors = process.communicate(timeout=60)
    check(process.returncode == 130 and errors == b"", process.returncode, errors)
    check(b"frames arrived" in text, text)


@test
def wrong_choices_are_told():
    one_line(run("run", "--wire", "lop"), 2, "--wire", "there is no wire 'lop'", "'loop'")
    one_line(run("run", "--driver", "linux"), 2, "--driver", "'linux'", "list")
    one_line(run("run", "--device", "e1000"), 2, "--device", "'e1000'")
    one_line(run("run", "--wire", "pcap"), 2, "'pcap' needs more")
    one_line(run("run", "--wire", "loop:x"), 2, "nothing behind the colon")
    one_line(run("run", "--above", "sink"), 2, "'--above' needs '--wire'")
    one_line(run("run", "--wire", "loop", "--above", "echo"), 2, "'echo'", "'loop'", "round for ever")
    one_line(run("run", "--wire", "loop", "--above", "sink", "--above", "sink"), 2, "one end only")
    one_line(run("run", "--duration", "5"), 2, "'--duration'", "'--wire'")
    one_line(run("run", "--wire", "loop", "--captures", "x"), 2, "'--captures'", "excludes")
    one_line(run("run", "--wire", "pcap:/nowhere/x.pcap"), 3, "/nowhere/x.pcap")
    one_line(run("run", "--wire", "pcap:%s,rate=fast" % SMALL), 3, "rate", "'fast'")
    one_line(run("run", "--wire", "pcap:%s,lop=3" % SMALL), 3, "'lop'", "'loop'")
    one_line(run("run", "--wire", "pcap:%s,loop=0" % SMALL), 3, "loop", "'0'")
    one_line(run("run", "--wire", "loop", "--above", "pcap:%s,out=/nowhere/x" % SMALL), 3, "/nowhere/x")
    one_line(run("run", "--wire", "loop", "--above", "pcap:" + SMALL, "--capture", "/nowhere/y"), 3,
             "/nowhere/y")
    one_line(run("run", "--wire", "pcap:" + SMALL, "--mtu", "20"), 2, "--mtu", "'20'")


main()
