#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Lets the program carry real traffic, and looks at what it prints, writes and returns.

usage: test_net.py PROGRAM BYTES
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pcapfile
from program import PROGRAM, check, main, one_line, test

BYTES = int(sys.argv[2])
STEPS = ["ARP", "ping", "ping6", "HTTP download", "HTTP upload", "TCP both ways"]
NOBODY = 65534
FOLDER = tempfile.mkdtemp(prefix="e1000bench-")


def start(*arguments, program=PROGRAM, **others):
    return subprocess.Popen([program, *map(str, arguments)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **others)


class Result:
    def __init__(self, process, timeout=300):
        self.out, self.err = process.communicate(timeout=timeout)
        self.status = process.returncode


def run(*arguments, **others):
    return Result(start(*arguments, **others))


def net_json(*options, **others):
    path = os.path.join(FOLDER, "net.json")
    result = run("net", "--json", path, *options, **others)
    check(result.status == 0, result.status, result.out, result.err)
    with open(path, encoding="utf-8") as stream:
        return result, json.load(stream)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as stream:
        return [int(word) for word in stream.read().split()]


def wait_for_line(process, start_of_line):
    for line in process.stdout:
        if line.startswith(start_of_line):
            return
    raise AssertionError(f"no line begins with {start_of_line!r}")


# ---- lwIP over slirp ----------------------------------------------------------------------------


def all_steps_pass(profile, **others):
    result, report = net_json("--bytes", BYTES, "--profile", profile, **others)
    check([s["name"] for s in report["steps"]] == STEPS, report)
    check(report["passed"] and all(s["passed"] for s in report["steps"]), report)
    check(report["profile"] == profile and report["wire"] == "slirp" and report["above"] == "lwip")
    down, up, both = report["steps"][3:]
    check(down["payload_received"] == BYTES and down["payload_sent"] == 0, down)
    check(up["payload_received"] == 0 and up["payload_sent"] == BYTES, up)
    check(both["payload_received"] == both["payload_sent"] == BYTES, both)
    for step in (down, up, both):
        # What was carried passed the wire, in frames.
        check(step["bytes_in"] > step["payload_received"], step)
        check(step["bytes_out"] > step["payload_sent"], step)
        check(step["frames_in"] + step["frames_out"] > BYTES // 1460, step)
        check(step["interrupts"] > 0 and step["mmio"] >= step["interrupts"], step)
    check(result.out.count("checksums equal") == 3, result.out)
    check(result.out.splitlines()[-1] == "verdict: pass", result.out)
    for name in STEPS:
        check(f"ok    {name}" in result.out, result.out)


@test
def all_steps_pass_on_vmware():
    all_steps_pass("vmware")


@test
def all_steps_pass_on_silicon():
    all_steps_pass("silicon")


@test
def all_steps_pass_for_nobody():
    if os.getuid() != 0:
        return  # the other tests show it
    program = os.path.join(FOLDER, "e1000bench")
    shutil.copy(PROGRAM, program)
    report = os.path.join(FOLDER, "nobody.json")
    with open(report, "wb"):
        os.chown(report, NOBODY, NOBODY)
    result = run("net", "--bytes", 100000, "--json", report, program=program, user=NOBODY,
                 group=NOBODY, extra_groups=[], cwd="/")
    check(result.status == 0, result.out, result.err)
    with open(report, encoding="utf-8") as stream:
        check(json.load(stream)["passed"])


@test
def the_capture_holds_every_frame():
    path = os.path.join(FOLDER, "net.pcap")
    before = time.time()
    _, report = net_json("--bytes", 200000, "--capture", path)
    frames = pcapfile.read(path)
    total = report["total"]
    check(len(frames) == total["frames_in"] + total["frames_out"], len(frames), total)
    check(sum(length for _, _, length in frames) == total["bytes_in"] + total["bytes_out"])
    types = {data[12:14] for _, data, _ in frames}
    check(types == {b"\x08\x00", b"\x08\x06", b"\x86\xdd"}, types)
    times = [frame[0] / 1e9 for frame in frames]
    check(all(a <= b for a, b in zip(times, times[1:])), "times go back")
    check(before - 60 < times[0] <= times[-1] < time.time() + 60, times[0], times[-1])


@test
def json_goes_to_standard_output_alone():
    result = run("net", "--bytes", 1000, "--json", "-")
    check(result.status == 0, result.err)
    check(json.loads(result.out)["passed"], result.out)
    check("verdict: pass" in result.err, result.err)


@test
def a_server_that_vanishes_fails_the_step():
    process = start("net", "--bytes", "1G")
    wait_for_line(process, "ok    ping6")
    for pid in children(process.pid):
        os.kill(pid, signal.SIGKILL)
    result = Result(process)
    one_line(result, 1, "the HTTP server at 127.0.0.1:", "has ended")
    failed = [line for line in result.out.splitlines() if line.startswith("FAIL")]
    check(len(failed) == 1, result.out)
    check("of 1000000000" in failed[0] and "the connection" in failed[0], failed[0])
    check(result.out.splitlines()[-1] == "verdict: FAIL", result.out)


@test
def interrupting_ends_it_and_its_server():
    process = start("net", "--bytes", "1000G")
    wait_for_line(process, "ok    ping6")
    servers = children(process.pid)
    check(len(servers) == 1, servers)
    process.send_signal(signal.SIGINT)
    result = Result(process)
    check(result.status == 130, result.status, result.err)
    check("not finished" in result.out and result.err == "", result.out, result.err)
    check(not os.path.exists(f"/proc/{servers[0]}"), "the server still runs")


@test
def a_port_in_use_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        one_line(run("net", "--port", port), 3, f"127.0.0.1:{port}", "Address already in use")
        one_line(run("net", "--wire", f"slirp:hostfwd=tcp:127.0.0.1:{port}-:80"), 3,
                 f"hostfwd=tcp:127.0.0.1:{port}-:80", "Address already in use")


@test
def forwards_are_open_while_it_runs():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start("net", "--bytes", "1000G", "--wire", f"slirp:hostfwd=tcp:127.0.0.1:{port}-:80")
    wait_for_line(process, "ok    ping6")
    with socket.create_connection(("127.0.0.1", port), timeout=60):
        pass
    process.send_signal(signal.SIGTERM)
    result = Result(process)
    check(result.status == 130, result.status, result.out, result.err)


@test
def bad_options_are_told():
    one_line(run("net", "--wire", "slirp:restrict=perhaps"), 2, "'--wire'", "'restrict=perhaps'")
    one_line(run("net", "--above", "lwip:gateway=x"), 2, "'--above'", "gateway: 'x'")
    one_line(run("net", "--bytes", "none"), 2, "'--bytes'", "'none'")
    one_line(run("net", "--port", "65536"), 2, "'--port'", "'65536'")
    one_line(run("net", "--wire", "loop"), 2, "'loop'", "only slirp does")
    one_line(run("net", "--above", "sink"), 2, "without a command", "lwip")
    one_line(run("net", "--wire", "slurp"), 2, "there is no wire 'slurp'", "slirp")
    one_line(run("net", "--json", "-", "--capture", "-"), 2, "name the same file")
    one_line(run("net", "--capture", "/nowhere/x.pcap"), 3, "/nowhere/x.pcap", "No such file")
    result = run("net", "--bytes", 1000, "--json", "/nowhere/x.json")
    one_line(result, 3, "/nowhere/x.json", "No such file")


@test
def a_restricted_network_fails_the_transfers():
    result = run("net", "--bytes", 1000, "--wire", "slirp:restrict=on")
    check(result.status == 1 and result.err == "", result.status, result.err)
    check(result.out.count("FAIL ") == 3, result.out)


if __name__ == "__main__":
    os.chmod(FOLDER, 0o755)
    try:
        main()
    finally:
        shutil.rmtree(FOLDER)
