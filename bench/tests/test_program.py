#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the program as people do, and looks at what it prints, writes and returns.

usage: test_program.py PROGRAM CAPTURES
"""

import glob
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time

import pcapfile
from program import PROGRAM, check, main, one_line, run, test

CAPTURES = sys.argv[2]
HOST = bytes.fromhex("000c29691726")
PEER = bytes.fromhex("525400000001")
LONGEST = 16124
LINK_LINE = ("Link up on en0, 1-Gigabit, Full-duplex, No flow-control, "
             "Debug [796d,ac08,0de1,0200,41e1,7c00]")
PROFILES = ("vmware", "vmware-esxi51", "silicon", "virtualbox", "qemu")
def replay_json(path, *options):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "result.json")
        result = run("replay", path, "--json", file, *options)
        with open(file, encoding="utf-8") as stream:
            return result, json.load(stream)


def frame(length, to=HOST, sender=PEER, fill=0):
    return (to + sender + b"\x88\xb5" + bytes((fill + i) & 255 for i in range(length)))[:length]


def carried(frames, longest=LONGEST):
    """What a NIC gives back of a capture's frames: whole, with a header, padded to 60 bytes."""
    return [data.ljust(60, b"\0") for _, data, length in frames
            if len(data) == length and 14 <= length <= longest]


def captures():
    return sorted(path for path in glob.glob(os.path.join(CAPTURES, "*.pcap*")))


# ---- probe --------------------------------------------------------------------------------------


@test
def probe_prints_what_the_page_shows():
    result = run("probe")
    check(result.status == 0, result.err)
    lines = result.out.splitlines()
    check(LINK_LINE in lines, result.out)
    check(any("8086:100f, subsystem 15ad:0750, revision 1, class 020000" in l for l in lines))
    check(any("BAR at 0x10" in l and "64-bit memory" in l and "128 KiB" in l for l in lines))
    check(any("BAR at 0x18" in l and "64-bit memory" in l and "64 KiB" in l for l in lines))
    check(any("BAR at 0x20" in l and "I/O" in l and "64 bytes" in l for l in lines))
    check(any('version "0.0", checksum valid' in l for l in lines))
    check(any("00:0c:29:69:17:26, from EEPROM" in l for l in lines))
    check(any(l.startswith("RAR[0] as found") and "not valid" in l for l in lines))


@test
def probe_takes_the_interface_name():
    check(LINK_LINE.replace("en0", "eth7") in run("probe", "--name", "eth7").out.splitlines())


@test
def probe_finds_rar0_valid_on_silicon():
    result = run("probe", "--profile", "silicon", "--mac", "00:0c:29:69:17:26")
    check(result.status == 0, result.err)
    check(any(l.startswith("RAR[0] as found") and "00:0c:29:69:17:26, valid" in l
              for l in result.out.splitlines()), result.out)


@test
def probe_shows_each_kind_of_rar0():
    for kind, text in (("zero", "00:00:00:00:00:00, not valid"), ("eeprom", "26, valid"),
                       ("garbage", ", valid")):
        result = run("probe", "--rar0", kind)
        line = next(l for l in result.out.splitlines() if l.startswith("RAR[0]"))
        check(line.endswith(text), line)
        check(LINK_LINE in result.out.splitlines(), result.out)


@test
def probe_reads_an_eeprom_image():
    words = [0] * 64
    words[0:3] = [0x0002, 0x0403, 0x0605]
    words[0x0A], words[0x0F], words[5] = 0x4408, 0x3040, 0x2100
    words[63] = (0xBABA - sum(words)) & 0xFFFF
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "eeprom.bin")

        def write(values):
            with open(path, "wb") as file:
                file.write(b"".join(v.to_bytes(2, "little") for v in values))

        write(words)
        for how in ((), ("--eerd",)):
            result = run("probe", "--eeprom", path, *how)
            check(result.status == 0, result.err)
            check("02:00:03:04:05:06, from EEPROM" in result.out, result.out)
            check('version "2.1"' in result.out, result.out)
        words[63] ^= 1
        write(words)
        one_line(run("probe", "--eeprom", path), 1, "driver does not attach")
        write(words[:40])
        one_line(run("probe", "--eeprom", path), 3, path, "80 bytes")
        one_line(run("probe", "--eeprom", folder), 3, folder, "directory")
        one_line(run("probe", "--eeprom", path + "x"), 3, "No such file")


# ---- replay: every frame --------------------------------------------------------------------------


@test
def every_capture_comes_back_bit_for_bit():
    check(len(captures()) >= 12, "captures are missing")
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "o.pcap")
        for path in captures():
            frames = pcapfile.read(path)
            for profile in PROFILES:
                result, report = replay_json(path, "--direction", "both", "--promisc", "--out",
                                             out, "--profile", profile)
                check(result.status == 0, path, result.out, result.err)
                back = [data for _, data, _ in pcapfile.read(out)]
                check(back == carried(frames), path, "differs")
                for way in ("rx", "tx"):
                    for what in ("lost", "duplicated", "reordered", "corrupted"):
                        check(report[way][what] == 0, path, way, what)
                rx = report["rx"]
                check(rx["frames_in"] == len(frames), path, rx)
                check(rx["frames_out"] == len(back), path, rx)
                check(rx["frames_in"] == rx["frames_out"] + rx["filtered"] + rx["snapped"] +
                      rx["too_long"] + rx["reasons"].get("empty", 0), path, rx)


@test
def captures_pass_through_small_rings_and_buffers():
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "o.pcap")
        for name in ("jumbo.pcap", "sizes.pcap", "runts.pcap"):
            path = os.path.join(CAPTURES, name)
            want = carried(pcapfile.read(path))
            for ring, size in ((128, 256), (256, 512), (80, 1024), (16, 4096), (8, 16384)):
                result = run("replay", path, "--direction", "both", "--promisc", "--out", out,
                             "--ring", ring, "--buffer", size)
                check(result.status == 0, name, ring, size, result.out, result.err)
                check([d for _, d, _ in pcapfile.read(out)] == want, name, ring, size)


@test
def the_largest_rings_and_the_smallest_carry_what_fits():
    path = os.path.join(CAPTURES, "jumbo.pcap")
    frames = pcapfile.read(path)
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "o.pcap")
        for ring, size, piece in ((4096, 2048, 1600), (4096, 16384, 1600), (8, 256, 256),
                                  (8, 2048, 1600), (2048, 256, 256)):
            for direction in ("both", "tx", "rx"):
                longest = min(LONGEST, (ring - 1) * (piece if direction == "tx" else size))
                result = run("replay", path, "--direction", direction, "--promisc", "--out", out,
                             "--ring", ring, "--buffer", size)
                check(result.status == 0, ring, size, direction, result.out, result.err)
                check([d for _, d, _ in pcapfile.read(out)] == carried(frames, longest), ring, size,
                      direction)


@test
def each_direction_gives_the_frames_back():
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "o.pcap")
        for path in captures():
            want = carried(pcapfile.read(path))
            for direction in ("rx", "tx"):
                result = run("replay", path, "--direction", direction, "--promisc", "--out", out)
                check(result.status == 0, path, direction, result.out, result.err)
                check([d for _, d, _ in pcapfile.read(out)] == want, path, direction)


@test
def every_rate_gives_the_frames_back():
    path = os.path.join(CAPTURES, "tcp-small.pcap")
    want = carried(pcapfile.read(path))
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "o.pcap")
        for rate in ("max", "line", "capture", "10k", "1.4M"):
            for direction in ("rx", "tx", "both"):
                result = run("replay", path, "--direction", direction, "--promisc", "--rate", rate,
                             "--out", out)
                check(result.status == 0, rate, direction, result.out, result.err)
                check([d for _, d, _ in pcapfile.read(out)] == want, rate, direction)


@test
def the_filter_keeps_other_addresses_back():
    frames = [frame(60), frame(60, to=b"\xff" * 6), frame(60, to=PEER, sender=HOST),
              frame(60, to=bytes.fromhex("01005e0000fb")), frame(61)]
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "i.pcap"), os.path.join(folder, "o.pcap")
        pcapfile.write(path, frames)
        result, report = replay_json(path, "--out", out)
        check(result.status == 0, result.out)
        check([d for _, d, _ in pcapfile.read(out)] == [frames[0], frames[1], frames[4]])
        check(report["rx"]["filtered"] == 2, report)
        check(report["rx"]["frames_in"] == 5 and report["rx"]["frames_out"] == 3, report)
        result, report = replay_json(path, "--mac", "52:54:00:00:00:01")
        check(report["rx"]["filtered"] == 3, report)


@test
def frames_that_no_nic_carries_are_counted_by_reason():
    frames = [(1, frame(60), 60), (2, frame(40), 1000), (3, frame(70000 % 65536), 70000),
              (4, frame(13), 13), (5, frame(1519), 1519), (6, frame(LONGEST), LONGEST),
              (7, frame(LONGEST + 1), LONGEST + 1), (8, frame(16381), 16381), (9, b"", 0)]
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "i.pcap"), os.path.join(folder, "o.pcap")
        pcapfile.write(path, frames)
        for direction in ("rx", "tx", "both"):
            result, report = replay_json(path, "--direction", direction, "--promisc", "--out", out)
            check(result.status == 0, direction, result.out, result.err)
            back = [d for _, d, _ in pcapfile.read(out)]
            check(back == [frame(60), frame(1519), frame(LONGEST)], direction, list(map(len, back)))
            first = report["tx" if direction == "tx" else "rx"]
            check(first["snapped"] == 1 and first["too_long"] == 3, first)
            check(first["reasons"]["empty"] == 2, first)
            check(first["frames_in"] == len(frames), first)


@test
def raw_runts_are_dropped_by_the_chip():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "i.pcap")
        pcapfile.write(path, [frame(n) for n in (14, 42, 59, 60, 61)])
        result, report = replay_json(path, "--raw-runts")
        check(result.status == 0, result.out)
        check(report["rx"]["frames_out"] == 2, report)
        check(report["rx"]["reasons"] == {"delivered": 2, "runt": 3} or
              report["rx"]["reasons"] == {"runt": 3}, report["rx"]["reasons"])
        result, report = replay_json(path)
        check(report["rx"]["frames_out"] == 5 and report["rx"]["padded"] == 3, report)


@test
def split_sends_what_the_host_sent():
    frames = [frame(60, fill=1), frame(64, to=PEER, sender=HOST), frame(70, to=b"\xff" * 6),
              frame(80, to=b"\xff" * 6, sender=HOST), frame(90, to=PEER, sender=b"\x02" * 6)]
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "i.pcap"), os.path.join(folder, "o.pcap")
        pcapfile.write(path, frames)
        result, report = replay_json(path, "--direction", "split:00:0c:29:69:17:26", "--rate",
                                     "capture", "--out", out)
        check(result.status == 0, result.out, result.err)
        check([d for _, d, _ in pcapfile.read(out)] == frames[:4])
        check(report["rx"]["frames_in"] == 3 and report["rx"]["filtered"] == 1, report)
        check(report["tx"]["frames_in"] == 2 and report["tx"]["frames_out"] == 2, report)


@test
def split_names_the_likeliest_host():
    path = os.path.join(CAPTURES, "http.pcap")
    result, report = replay_json(path, "--direction", "split")
    check(result.status == 0, result.out, result.err)
    check(report["mac"] in result.out and "likeliest" in result.out, result.out)
    check(report["tx"]["frames_out"] > 50 and report["rx"]["frames_out"] > 50, report)
    check(report["tx"]["lost"] == 0 and report["rx"]["lost"] == 0, report)


@test
def split_output_is_in_order_of_time():
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "o.pcap")
        for name in ("http.pcap", "tcp-small.pcap", "udp.pcap", "vlan.pcap"):
            for rate in ("max", "line", "capture", "100k"):
                result = run("replay", os.path.join(CAPTURES, name), "--direction", "split",
                             "--promisc", "--rate", rate, "--out", out)
                check(result.status == 0, name, rate, result.out)
                times = [time for time, _, _ in pcapfile.read(out)]
                check(times == sorted(times), name, rate)
                check(len(times) == len(pcapfile.read(os.path.join(CAPTURES, name))), name, rate)


@test
def years_between_two_frames_are_shortened():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "i.pcap")
        pcapfile.write(path, [(0, frame(60), 60), (17 * 10**17, frame(61), 61)])
        result = run("replay", path, "--rate", "capture")
        check(result.status == 0 and "1 pauses of more than a day" in result.out, result.out)


@test
def nothing_is_written_over_the_input():
    with tempfile.TemporaryDirectory() as folder:
        path, link = os.path.join(folder, "i.pcap"), os.path.join(folder, "l.pcap")
        pcapfile.write(path, [frame(60)])
        os.symlink(path, link)
        one_line(run("replay", path, "--out", link), 2, "--out")
        one_line(run("replay", path, "--json", path), 2, "--json")
        one_line(run("replay", path, "--out", folder + "/x", "--json", folder + "/x"), 2)
        check(len(pcapfile.read(path)) == 1)


@test
def odd_file_names_stay_on_one_line():
    one_line(run("replay", "no\nsuch\x1b[31mfile"), 3, "no?such?[31mfile")


@test
def loops_repeat_every_frame():
    path = os.path.join(CAPTURES, "ping.pcap")
    want = carried(pcapfile.read(path))
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "o.pcap")
        for rate in ("max", "capture"):
            result, report = replay_json(path, "--direction", "both", "--promisc", "--loop", "7",
                                         "--rate", rate, "--out", out)
            check(result.status == 0, result.out, result.err)
            frames = pcapfile.read(out)
            check([d for _, d, _ in frames] == 7 * want, rate)
            check(report["rx"]["frames_in"] == 7 * len(want), report)
            check(all(a[0] <= b[0] for a, b in zip(frames, frames[1:])), rate, "time goes back")


# ---- replay: time -----------------------------------------------------------------------------------


@test
def output_has_the_times_of_the_wire():
    frames = [(10**18 + n * 50000, frame(60 + n), 60 + n) for n in range(100)]
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "i.pcap"), os.path.join(folder, "o.pcap")
        pcapfile.write(path, frames)
        run("replay", path, "--rate", "capture", "--out", out)
        for (before, _, _), (after, data, _) in zip(frames, pcapfile.read(out)):
            check(after - before == (len(data) + 24) * 8, before, after, len(data))
        for rate in ("line", "max"):
            run("replay", path, "--rate", rate, "--out", out)
            end = 10**18
            for at, data, _ in pcapfile.read(out):
                end += (len(data) + 24) * 8
                # At the maximum the wire waits for the device; it is never faster than a wire.
                check(at == end or (rate == "max" and at > end), rate, at - 10**18, end - 10**18)
                end = at
        run("replay", path, "--rate", "1000", "--out", out)
        for number, (at, data, _) in enumerate(pcapfile.read(out)):
            check(at == 10**18 + number * 10**6 + (len(data) + 24) * 8, number, at)


# ---- replay: reports ------------------------------------------------------------------------------


@test
def json_has_the_promised_members():
    for direction in ("rx", "tx", "both"):
        result, report = replay_json(os.path.join(CAPTURES, "udp.pcap"), "--direction", direction,
                                     "--promisc", "--seed", "5")
        check(result.status == 0, result.err)
        ways = [way for way in ("rx", "tx") if direction in (way, "both")]
        check(sorted(k for k in report if k in ("rx", "tx")) == ways, report.keys())
        for way in ways:
            for key in ("frames_in frames_out lost duplicated reordered corrupted filtered snapped "
                        "bytes seconds mpps gbps interrupts mmio_reads mmio_writes").split():
                check(isinstance(report[way][key], (int, float)), way, key)
            check(report[way]["interrupts"] > 0 and report[way]["mmio_writes"] > 0, report)
        check(report["seed"] == 5 and report["profile"] == "vmware", report)


@test
def json_and_capture_can_go_to_standard_output():
    path = os.path.join(CAPTURES, "arp.pcap")
    result = run("replay", path, "--promisc", "--json", "-")
    check(json.loads(result.out)["rx"]["lost"] == 0, result.out)
    done = run("replay", path, "--promisc", "--out", "-", binary=True)
    check(done.stdout[:4] == b"\x4d\x3c\xb2\xa1", done.stdout[:4])
    with open(path, "rb") as stream:
        result = run("replay", "-", "--promisc", stdin=stream)
    check(result.status == 0 and "verdict" in result.out, result.err)


@test
def nothing_but_the_report_is_printed_in_a_pipe():
    result = run("replay", os.path.join(CAPTURES, "sizes.pcap"), "--promisc")
    check(result.err == "" and "\r" not in result.out and "\x1b" not in result.out, result.err)


@test
def run_shows_every_capture_and_a_verdict():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "r.json")
        result = run("run", "--captures", CAPTURES, "--json", file)
        check(result.status == 0 and result.err == "", result.err)
        check(LINK_LINE in result.out.splitlines(), result.out)
        check("verdict: pass" in result.out, result.out)
        with open(file, encoding="utf-8") as stream:
            reports = json.load(stream)
        check(len(reports) == len(captures()), len(reports))
        for path in captures():
            check(os.path.basename(path) in result.out, path)


@test
def run_tells_a_broken_capture_from_a_bad_verdict():
    with tempfile.TemporaryDirectory() as folder:
        one_line(run("run", "--captures", folder), 3, folder, "no capture")
        pcapfile.write(os.path.join(folder, "a.pcap"), [frame(60)])
        check(run("run", "--captures", folder).status == 0)
        with open(os.path.join(folder, "b.pcap"), "wb") as file:
            file.write(b"no capture")
        result = run("run", "--captures", folder)
        one_line(result, 3, "b.pcap")
        check("verdict: FAIL. 1 of 2 captures passed." in result.out, result.out)
        one_line(run("run", "--captures", folder + "/x"), 3, folder + "/x", "No such file")


@test
def a_trace_tells_what_happened():
    with tempfile.TemporaryDirectory() as folder:
        text, lines, again, snap = (os.path.join(folder, n) for n in ("a.txt", "a.jsonl", "b", "s"))
        check(run("replay", CAPTURES + "/ping.pcap", "--trace", lines, "--trace-frames", "full").status == 0)
        with open(lines, encoding="utf-8") as stream:
            events = [json.loads(line) for line in stream]
        check(events[0] == {"trace": "e1000bench", "version": 1}, events[0])
        check(events[1]["event"] == "chip" and events[1]["profile"] == "vmware", events[1])
        kinds = {event.get("event") for event in events}
        check(kinds >= {"read", "write", "fetch", "write-back", "cause", "interrupt", "received",
                        "reset", "link"}, kinds)
        stored = [e for e in events if e.get("event") == "received" and e["verdict"] == "stored"]
        check(stored and all(len(e["bytes"]) == 2 * e["length"] for e in stored))
        rctl = [e for e in events if e.get("name") == "RCTL" and e["event"] == "write"]
        check(rctl and any("EN" in e["fields"] for e in rctl), rctl)

        # Both formats hold the same, and the same run makes the same trace.
        result = run("trace", lines)
        check(result.status == 0 and result.out.startswith("# e1000bench trace"), result.err)
        with open(text, "w", encoding="utf-8") as stream:
            stream.write(result.out)
        check(run("trace", text, "--format", "json").out.splitlines()[1:] ==
              open(lines, encoding="utf-8").read().splitlines()[1:])
        check(run("replay", CAPTURES + "/ping.pcap", "--trace", again, "--trace-frames", "full",
                  "--snapshot", snap).status == 0)
        result = run("trace", "diff", "--times", text, again)
        check(result.status == 0 and result.out == "", result.out)

        shown = run("trace", text, "--register", "rctl", "--only", "write").out.splitlines()
        check(len(shown) == 1 + len(rctl) and all(" RCTL " in line for line in shown[1:]), shown)
        shown = run("trace", text, "--from", "0.01", "--to", "0.02", "--limit", "3").out.splitlines()
        check(len(shown) == 4 and all(0.01 <= float(line.split()[0]) <= 0.02 for line in shown[1:]))
        result = run("trace", text, "--summary", "--only", "frame")
        check(result.status == 0 and "stored" in result.out and "fetch" not in result.out, result.out)

        result = run("snapshot", snap)
        check(result.status == 0 and "profile    vmware" in result.out and "RCTL" in result.out, result.out)
        with open(snap, "rb+") as stream:
            stream.seek(1000)
            stream.write(b"?")
        one_line(run("snapshot", snap), 3, snap, "check sum")
        one_line(run("snapshot", text), 3, "no snapshot")
        one_line(run("snapshot", folder + "/none"), 3, "No such file")


@test
def traces_that_differ_are_shown():
    with tempfile.TemporaryDirectory() as folder:
        a, b = folder + "/a", folder + "/b"
        check(run("probe", "--trace", a).status == 0)
        check(run("probe", "--trace", b, "--profile", "silicon").status == 0)
        result = run("trace", "diff", a, b, "--context", "0")
        check(result.status == 1, result.err)
        check("-chip        vmware\n" in result.out and "+chip        silicon\n" in result.out, result.out)


@test
def a_trace_on_standard_output_is_alone_there():
    for command in (["probe"], ["replay", CAPTURES + "/arp.pcap"], ["run", "--captures", CAPTURES]):
        result = run(*command, "--trace", "-", "--trace-frames", "none")
        check(result.status == 0, result.err)
        check(result.out.startswith("# e1000bench trace, version 1\n"), result.out[:80])
        check(all(" " in line[:22] and "." in line[:22] for line in result.out.splitlines()[1:]))
        check("Link up" in result.err or "verdict" in result.err, result.err)


@test
def wrong_uses_of_traces_are_told():
    with tempfile.TemporaryDirectory() as folder:
        name, capture = folder + "/t", CAPTURES + "/arp.pcap"
        one_line(run("replay", capture, "--trace", name, "--out", name), 2, "--trace", "same file")
        one_line(run("replay", capture, "--trace", name, "--json", name), 2, "--trace", "same file")
        one_line(run("run", "--trace", "-", "--json", "-"), 2, "--trace", "same file")
        one_line(run("replay", capture, "--trace", capture), 2, "--trace", "input")
        one_line(run("probe", "--trace-format", "xml"), 2, "--trace-format", "xml")
        one_line(run("probe", "--trace-frames", "some"), 2, "--trace-frames", "some")
        one_line(run("probe", "--trace", folder + "/no/t"), 3, "/no/t", "No such file")
        one_line(run("probe", "--snapshot", folder + "/no/s"), 3, "/no/s", "No such file")
        result = run("probe", "--trace", "/dev/full")
        check(result.status == 3 and "/dev/full" in result.err, result.err)
        with open(name, "w", encoding="utf-8") as stream:
            stream.write("# e1000bench trace, version 1\n     0.000000000  reset       warm\n")
        one_line(run("trace", name), 3, name + ":2:", "unknown kind of reset")
        one_line(run("trace", "diff", name, name), 3, name + ":2:")
        one_line(run("trace", capture), 3, capture + ":1:", "no trace")
        one_line(run("trace"), 2, "FILE")
        one_line(run("trace", "diff", name), 2, "A and B")
        one_line(run("trace", name, "--only", "acces"), 2, "acces", "access")
        one_line(run("trace", name, "--only", ","), 2, "--only")
        one_line(run("trace", name, "--register", "RCTRL"), 2, "RCTRL")
        for time_ in ("x", "", ".", "1.0000000001", "99999999999", "-1", "1s"):
            one_line(run("trace", name, "--from=" + time_), 2, "--from", "seconds")
        one_line(run("trace", name, "--limit", "0"), 2, "--limit")
        one_line(run("trace", "diff", name, name, "--context", "-1"), 2, "--context")
        one_line(run("snapshot"), 2, "FILE")


@test
def registers_are_listed():
    listing = run("registers")
    check(listing.status == 0 and len(listing.out.splitlines()) > 150, listing.out)
    one = run("registers", "RCTL")
    check(one.status == 0 and "0x00100" in one.out and "13.4.22" in one.out, one.out)
    check("9:8    RDMTS" in one.out and "2 1/8" in one.out, one.out)
    check(run("registers", "0x5400").out.startswith("RAL"), run("registers", "0x5400").out)
    check(run("registers", "--todo").status == 0)
    one_line(run("registers", "NOSUCH"), 2, "NOSUCH")


# ---- Faults ------------------------------------------------------------------------------------------


# What each fault of the wire does to frames, in the report's words.
STRIKES = {"bad-fcs": "damaged", "corrupt": "damaged", "truncate": "damaged", "drop": "lost",
           "duplicate": "doubled", "swap": "late", "overrun": "lost"}


@test
def faults_are_listed():
    listing = run("faults").out.splitlines()
    names = [line.split("[")[0].split()[0] for line in listing[1:]]
    check(len(names) > 40 and len(set(names)) == len(names), names)
    for name in names:
        one = run("faults", name)
        check(one.status == 0 and one.out.startswith(name + ": "), one.out)
        check("  occurrence  " in one.out and "  met in      " in one.out, one.out)
    check("  default     STATUS.LU" in run("faults", "stuck-0").out)
    check("0.0 to 63.15" in run("faults", "eeprom-corrupt").out)
    check("reset or ever" in run("faults", "tx-frozen").out)
    check("  default     LSC" in run("faults", "cause-lost").out)
    check("  default     any" in run("faults", "write-lost").out)
    check("1us to 3600s" in run("faults", "irq-storm").out)
    one_line(run("faults", "rx-drp"), 2, "rx-drp", "did you mean 'rx-drop'")
    one_line(run("faults", "rx-drop", "rx-swap"), 2, "one argument too many")


@test
def what_a_wire_fault_does_to_frames_is_explained():
    path = os.path.join(CAPTURES, "small.pcap")
    for way in ("rx", "tx"):
        for name, effect in STRIKES.items():
            if way + name == "txoverrun":
                continue
            fault = "%s-%s@5%%" % (way, name)
            result, report = replay_json(path, "--promisc", "--direction", "both", "--fault", fault)
            check(result.status == 0 and report["verdict"] == "pass", fault, result.out, result.err)
            check("struck by faults" in result.out and fault + ", fired" in result.out, result.out)
            asked = report["faults"]
            check(len(asked) == 1 and asked[0]["fault"] == fault, asked)
            check(asked[0]["name"] == fault.split("@")[0] and asked[0]["fired"] > 100, asked)
            one = report[way]
            check(one["faulted"] == asked[0]["fired"], fault, one)
            check(sum(n for key, n in one["reasons"].items() if key.endswith("_by_fault")) ==
                  one["faulted"], fault, one)
            if name not in ("corrupt", "truncate"):  # which may make the chip drop the frame
                effect = "lost" if fault.startswith("rx-bad") else effect
                check(one["reasons"][effect + "_by_fault"] == one["faulted"], fault, one)
            check(report["tx" if way == "rx" else "rx"]["faulted"] == 0, fault, report)


@test
def many_faults_at_once_are_told_apart():
    faults = []
    for way in ("rx", "tx"):
        for name in STRIKES:
            if way + name != "txoverrun":
                faults += ["--fault", "%s-%s@3%%" % (way, name)]
    for path in captures():
        for rate in ("max", "line"):
            result, report = replay_json(path, "--promisc", "--direction", "both", "--loop", "3",
                                         "--rate", rate, *faults)
            check(result.status == 0, path, rate, result.out, result.err)
            check(report["rx"]["faulted"] > 0 and report["findings"] == [], path, report)


@test
def other_faults_excuse_nothing():
    path = os.path.join(CAPTURES, "small.pcap")
    # A driver that gets over it loses what was in the ring, and no more.
    result, report = replay_json(path, "--promisc", "--direction", "both", "--fault", "tx-frozen@5")
    check(result.status == 1 and 0 < report["tx"]["lost"] < 256 and report["rx"]["lost"] == 0, result.out)
    for fault in ("tx-frozen=ever@5", "rx-frozen=ever@100", "writeback-never@100.."):
        result, report = replay_json(path, "--promisc", "--direction", "both", "--fault", fault)
        check(result.status == 1 and report["verdict"] == "fail", fault, result.out)
        check(report["rx"]["lost"] + report["tx"]["lost"] > 100, fault, report)
        check(report["rx"]["faulted"] == report["tx"]["faulted"] == 0, fault, report)
        check(report["findings"] == [], fault, report["findings"])


@test
def the_seed_decides_which_frames_a_fault_strikes():
    path = os.path.join(CAPTURES, "small.pcap")

    def outcome(*options):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "o.pcap")
            result = run("replay", path, "--promisc", "--out", out, *options)
            check(result.status == 0, result.out, result.err)
            return pcapfile.read(out)

    chance = ("--fault", "rx-drop@10%", "--seed")
    check(outcome(*chance, "7") == outcome(*chance, "7"))
    check(outcome(*chance, "7") != outcome(*chance, "8"))
    # What else is asked for does not change whom it strikes.
    check(len(outcome(*chance, "7")) == len(outcome(*chance, "7", "--fault", "irq-storm")))
    # Occurrences are counted from 1.
    whole = outcome()
    check([d for _, d, _ in outcome("--fault", "rx-drop@3")] ==
          [d for _, d, _ in whole[:2] + whole[3:]])
    check([d for _, d, _ in outcome("--fault", "rx-drop@2..,/2,x3")] ==
          [d for n, (_, d, _) in enumerate(whole, 1) if n not in (2, 4, 6)])


@test
def a_driver_that_does_not_come_up_is_a_verdict():
    path = os.path.join(CAPTURES, "arp.pcap")
    for fault, text in (("link-never", "no link"), ("reset-never", "reset does not end"),
                        ("eeprom-ones", "checksum"), ("phy-absent", "PHY"),
                        ("stuck-0=STATUS.LU", "no link"), ("removed", "not an Intel")):
        one_line(run("probe", "--fault", fault), 1, text)
        one_line(run("run", "--captures", CAPTURES, "--fault", fault), 1, text)
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "result.json")
            one_line(run("replay", path, "--json", file, "--fault", fault), 1, text)
            with open(file, encoding="utf-8") as stream:
                report = json.load(stream)
        check(report["verdict"] == "fail" and text in report["note"], report)
        check(report["faults"][0]["fault"] == fault and "rx" not in report, report)
    check("00:0c:29:69:17:26" in run("probe", "--fault", "dirty").out)
    link = next(l for l in run("probe", "--fault", "link-late=4s").out.splitlines() if l.startswith("link "))
    check(float(link.split(", ")[-1].split()[0]) >= 4, link)


@test
def run_shows_what_faults_struck():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "result.json")
        result = run("run", "--captures", CAPTURES, "--json", file, "--fault", "rx-drop@5%", "--fault",
                     "tx-duplicate@5%")
        check(result.status == 0 and "by fault" in result.out and "verdict: pass" in result.out,
              result.out, result.err)
        check("by fault" not in run("run", "--captures", CAPTURES).out)
        with open(file, encoding="utf-8") as stream:
            reports = json.load(stream)
    check(len(reports) == len(captures()), reports)
    for report in reports:
        check([f["name"] for f in report["faults"]] == ["rx-drop", "tx-duplicate"], report)
        check(report["rx"]["faulted"] == report["faults"][0]["fired"], report)


@test
def faults_are_in_the_trace():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "t")
        result = run("replay", os.path.join(CAPTURES, "arp.pcap"), "--fault", "rx-drop@2", "--trace", file)
        check(result.status == 0, result.out)
        shown = run("trace", file, "--only", "fault").out.splitlines()[1:]
        check(len(shown) == 1 and "rx-drop" in shown[0], shown)
        check("received" in run("trace", file, "--summary").out)


@test
def wrong_faults_are_told():
    for fault, text in (
            ("rx-drp", "'rx-drp' is no fault; did you mean 'rx-drop'"),
            ("nonsense", "'e1000bench faults' lists them"), ("", "''"), ("=3", "''"), ("@3", "''"),
            ("irq-lost=3", "irq-lost: it takes no argument"),
            ("link-late=3", "'3' is not a time from 1ns to 3600s"), ("link-late=", "''"),
            ("rx-truncate=0", "'0' is not a number from 1 to 16384"),
            ("tx-frozen=now", "'now' is not one of reset or ever"),
            ("stuck-0=STATUS", "STATUS.LU"), ("stuck-0=STATUS.SPEED", "bits 6 to 7"),
            ("stuck-0=NONE.1", "'NONE'"), ("stuck-0=STATUS.32", "0 to 31"),
            ("eeprom-corrupt=64.0", "'64'"), ("eeprom-corrupt=1.16", "0 to 15"),
            ("cause-lost=LSC+X", "'X' is no interrupt cause"), ("write-lost=RAL[16]", "RAL[16]"),
            ("rx-drop@", "rx-drop: ''"), ("rx-drop@0", "'0'"), ("rx-drop@soon", "soon"),
            ("rx-drop@2s..1s", "ends before it begins"), ("rx-drop@3,x2", "'x2' says again"),
            ("rx-drop@/0", "'/0'"), ("rx-drop@200%", "200%"), ("link-never@3", "takes only times")):
        for command in (["probe"], ["replay", os.path.join(CAPTURES, "arp.pcap")],
                        ["run", "--captures", CAPTURES]):
            one_line(run(*command, "--fault", fault), 2, "option '--fault'", text)
    one_line(run("probe", *["--fault", "irq-lost"] * 33), 2, "one fault too many, 32 are possible")
    one_line(run("probe", "--fault"), 2, "'--fault' needs a value")


# ---- Bad input ---------------------------------------------------------------------------------------


@test
def rules_are_listed():
    lines = run("rules").out.splitlines()
    check(len(lines) > 46, len(lines), "lines")
    check(any(line.startswith("mdic-busy ") and " violation " in line for line in lines))
    check(any(line.startswith("descriptor-changed ") and "(deep)" in line for line in lines))
    one = run("rules", "mdic-busy")
    check(one.status == 0 and "Read MDIC until bit 28 (R) is one first." in one.out, one.out)
    one_line(run("rules", "mdic-bussy"), 2, "mdic-bussy", "did you mean 'mdic-busy'")
    one_line(run("rules", "nothing-like-any-of-them"), 2, "nothing-like", "lists them")
    one_line(run("rules", "a", "b"), 2, "one argument too many")


@test
def our_driver_breaks_no_rule():
    path = os.path.join(CAPTURES, "small.pcap")
    for profile in PROFILES:
        for direction in ("rx", "tx", "both"):
            for extra in ((), ("--eerd", "--ring", "8"), ("--buffer", "256")):
                _, report = replay_json(path, "--check", "deep", "--profile", profile,
                                        "--direction", direction, *extra)
                check(report["findings"] == [], report["findings"])
        result = run("probe", "--profile", profile, "--check", "deep")
        check(result.status == 0 and "violation" not in result.out, result.out)
        result = run("run", "--profile", profile, "--check", "deep")
        check("violation" not in result.out and result.status == 0, result.out)


@test
def the_judge_can_be_switched_off():
    path = os.path.join(CAPTURES, "small.pcap")
    check("driver's faults   nothing" in run("replay", path).out, run("replay", path).out)
    check("driver's faults" not in run("replay", path, "--check", "off").out)
    _, report = replay_json(path, "--check", "off")
    check("findings" not in report)
    one_line(run("probe", "--check", "dep"), 2, "--check", "deep")


@test
def wrong_options_are_named():
    path = os.path.join(CAPTURES, "arp.pcap")
    one_line(run("replay", path, "--rate", "fast"), 2, "--rate", "fast", "max, line, capture")
    one_line(run("replay", path, "--direction", "up"), 2, "--direction", "up")
    one_line(run("replay", path, "--direction", "split:zz"), 2, "zz")
    one_line(run("replay", path, "--profile", "vmwear"), 2, "--profile", "vmware")
    one_line(run("replay", path, "--ring", "9"), 2, "--ring", "9")
    one_line(run("replay", path, "--ring", "8k"), 2, "--ring", "8k")
    one_line(run("replay", path, "--buffer", "100"), 2, "--buffer", "100")
    one_line(run("replay", path, "--mac", "01:00:00:00:00:00"), 2, "--mac")
    one_line(run("replay", path, "--loop", "0"), 2, "--loop", "0")
    one_line(run("replay", path, "--nonsense"), 2, "nonsense")
    one_line(run("replay", path, path), 2)
    one_line(run("replay"), 2, "IN")
    one_line(run("replay", path, "--direction", "tx", "--raw-runts"), 2, "--raw-runts")
    one_line(run("replay", path, "--out", "-", "--json", "/dev/stdout"), 2, "--out", "--json")
    one_line(run("replay", path, "--direction", "split:00:0c:29:69:17:26", "--mac",
                 "00:0c:29:69:17:27"), 2, "--mac", "split:MAC")
    one_line(run("rnu"), 2, "rnu", "run")
    check(run("--help").status == 0 and "replay" in run("--help").out)
    check(run("replay", "--help").status == 0 and "--direction" in run("replay", "--help").out)


@test
def broken_captures_give_one_line_and_keep_what_came_before():
    good = [frame(60 + n) for n in range(50)]
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "i.pcap"), os.path.join(folder, "o.pcap")

        def try_it(status, *parts):
            one_line(run("replay", path, "--out", out), status, path, *parts)

        pcapfile.write(path, good)
        with open(path, "rb") as file:
            whole = file.read()
        with open(path, "wb") as file:
            file.write(whole[:-10])
        try_it(3, "record 50, byte %d" % (len(whole) - 10))
        check("verdict           fail" in run("replay", path).out, run("replay", path).out)
        check([d for _, d, _ in pcapfile.read(out)] == good[:49], "frames before the break")

        with open(path, "wb") as file:
            file.write(b"")
        try_it(3, "empty")
        with open(path, "w", encoding="utf-8") as file:
            file.write("This is a text file, not a capture.\n" * 20)
        try_it(3)
        pcapfile.write(path, good, linktype=101)
        try_it(3, "RAW")
        one_line(run("replay", folder), 3, folder, "directory")
        one_line(run("replay", path + "x"), 3, "No such file")
        pcapfile.write(path, [frame(60), (5, frame(60).ljust(70000, b"x"), 70000), frame(61)])
        result = run("replay", path, "--out", out)
        check(result.status == 0, result.err)
        check([d for _, d, _ in pcapfile.read(out)] == [frame(60), frame(61)])


@test
def a_pcapng_with_several_interfaces_is_explained():
    def block(kind, body):
        size = (12 + len(body)).to_bytes(4, "little")
        return kind.to_bytes(4, "little") + size + body + size

    def interface(linktype, snaplen):
        return block(1, linktype.to_bytes(2, "little") + b"\0\0" + snaplen.to_bytes(4, "little"))

    def packet(data, number):
        return block(6, number.to_bytes(4, "little") + bytes(8) +
                     2 * len(data).to_bytes(4, "little") + data.ljust(-(-len(data) // 4) * 4, b"\0"))

    header = block(0x0A0D0D0A, bytes.fromhex("4d3c2b1a01000000ffffffffffffffff"))
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "i.pcapng"), os.path.join(folder, "o.pcap")
        with open(path, "wb") as file:
            file.write(header + interface(1, 65535) + packet(frame(60), 0) + packet(frame(61), 0) +
                       interface(101, 65535) + packet(frame(62), 1))
        one_line(run("replay", path, "--out", out), 3, path, "interface")
        check([d for _, d, _ in pcapfile.read(out)] == [frame(60), frame(61)])


@test
def a_full_disk_is_reported_once():
    path = os.path.join(CAPTURES, "http.pcap")
    one_line(run("replay", path, "--promisc", "--out", "/dev/full"), 3, "/dev/full",
             "No space left")
    one_line(run("replay", path, "--promisc", "--json", "/dev/full"), 3, "/dev/full",
             "No space left")
    one_line(run("replay", path, "--promisc", "--out", "/nonexistent/o.pcap"), 3,
             "/nonexistent/o.pcap", "No such file")


# ---- Long work ---------------------------------------------------------------------------------------


def start_endless(*arguments):
    return subprocess.Popen(
        [PROGRAM, "replay", os.path.join(CAPTURES, "small.pcap"), "--promisc", "--loop",
         "1000000000", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@test
def ctrl_c_keeps_the_output_so_far():
    for sign in (signal.SIGINT, signal.SIGTERM):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "o.pcap")
            # A slow rate: every frame costs much virtual time, so that the file does not fill the disk.
            process = start_endless("--out", out, "--direction", "both", "--rate", "10")
            while not os.path.exists(out) or os.path.getsize(out) < 1000000:
                check(process.poll() is None, "ended by itself")
                time.sleep(0.01)
            process.send_signal(sign)
            text, errors = process.communicate(timeout=60)
            check(process.returncode == 130, process.returncode, errors)
            frames = pcapfile.read(out)
            check(len(frames) > 10000, len(frames))
            check(b"pass, of what" in text and b"frames out" in text and b"interruption" in text, text)
            check(errors == b"", errors)


@test
def a_terminal_sees_progress():
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "replay", os.path.join(CAPTURES, "small.pcap"), "--promisc", "--loop", "10000000"],
        stdout=subprocess.PIPE, stderr=slave, env=dict(os.environ, TERM="xterm"))
    os.close(slave)
    seen = b""
    while b"replaying" not in seen or b"%" not in seen:
        check(select.select([master], [], [], 60)[0], "nothing on the terminal", seen)
        seen += os.read(master, 4096)
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    check(process.returncode == 130 and b"frames out" in text, process.returncode, text)
    rest = os.read(master, 65536) if select.select([master], [], [], 0)[0] else b""
    check((seen + rest).endswith((b"\x1b[K", b"\r")), seen[-40:] + rest[-40:])
    os.close(master)


@test
def generated_traffic_goes_both_ways():
    result = run("run", "--wire", "gen:size=imix,count=3000,proto=udp4+tcp6,bad=fcs+runt,share=20%",
                 "--above", "gen:size=60..1514,count=2000")
    check(result.status == 0, result.err)
    check("wire: 3000 frames generated, " in result.out and "of them malformed; 2000 came\n"
          in result.out and "above: 2000 frames generated; " in result.out, result.out)
    check("dropped: bad_frame" in result.out and "dropped: undersize" in result.out, result.out)
    check("missing" not in result.out and "damaged" not in result.out, result.out)
    one_line(run("run", "--wire", "gen:sise=5", "--above", "sink"), 2, "--wire", "sise", "size")
    one_line(run("run", "--wire", "loop", "--above", "gen:bad=fcs"), 2, "--above", "bad=fcs")
    one_line(run("run", "--wire", "loop", "--above", "gen:size=9000"), 3, "size=9000", "1518")


# ---- linerate -----------------------------------------------------------------------------------


@test
def linerate_holds_at_the_defaults():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "result.json")
        result = run("linerate", "--frames", 2000, "--sizes", "64,imix,9018", "--json", file)
        check(result.status == 0, result.out, result.err)
        check("verdict: pass, 0 of 27 runs" in result.out, result.out)
        with open(file, encoding="utf-8") as stream:
            found = json.load(stream)
    check(found["verdict"] == "pass" and found["latency_ns"] == 20000 and found["ring"] == 256)
    check(len(found["runs"]) == 27)
    for case in found["runs"]:
        check(case["held"] and case["causes"] == {}, case)
        for way in ("rx", "tx"):
            if way in case:
                check(case[way]["carried"] == 2000 and case[way]["lost"] == 0, case)
                check(case[way + "_ring"]["least"] <= case[way + "_ring"]["mean"]
                      <= case[way + "_ring"]["most"] == max(case[way + "_ring"]["course"]), case)
        check(("rx" in case) == (case["direction"] != "tx"), case)


@test
def linerate_tells_what_was_lost_and_why():
    result = run("linerate", "--frames", 5000, "--sizes", 64, "--speed", 1000, "--direction", "rx",
                 "--latency", "2ms")
    check(result.status == 1, result.out)
    check("overrun at the chip" in result.out and "rx_missed" in result.out, result.out)
    check("verdict: FAIL, 1 of 1 runs did not hold" in result.out, result.out)


@test
def linerate_finds_the_smallest_ring():
    result = run("linerate", "--frames", 2000, "--sizes", 64, "--speed", 1000, "--direction", "tx",
                 "--find-ring", "--json", "-")
    check(result.status == 0, result.err)
    ring = json.loads(result.out)["runs"][0]["smallest_ring"]
    for size, status in ((ring, 0), (ring - 8, 1)):
        check(run("linerate", "--frames", 2000, "--sizes", 64, "--speed", 1000, "--direction", "tx",
                  "--ring", size).status == status, size)


@test
def linerate_by_the_clock():
    result = run("linerate", "--wall", "--sizes", 1518, "--direction", "both", "--json", "-")
    check(result.status == 0, result.out, result.err)
    case = json.loads(result.out)["runs"][0]
    check(case["rx_frames_per_second"] > 0 and case["tx_frames_per_second"] > 0, case)
    check(case["cores"] > 0 and case["lost"] == 0, case)


@test
def linerate_refuses_what_makes_no_sense():
    one_line(run("linerate", "--sizes", "63"), 2, "--sizes", "63", "64 to 9018")
    one_line(run("linerate", "--sizes", "64,,"), 2, "--sizes", "64,,")
    one_line(run("linerate", "--speed", "2500"), 2, "--speed", "2500")
    one_line(run("linerate", "--latency", "20"), 2, "--latency", "20")
    one_line(run("linerate", "--direction", "up"), 2, "--direction", "up")
    one_line(run("linerate", "--wall", "--find-ring"), 2, "--wall", "--find-ring")
    one_line(run("linerate", "--seconds", "2"), 2, "--seconds", "--wall")
    one_line(run("linerate", "--profile", "82545em-fiber", "--speed", "100"), 2, "--speed",
             "82545em-fiber")
    one_line(run("linerate", "more"), 2, "more")
    result = run("linerate", "--frames", 10, "--sizes", 64, "--json", "/nowhere/file")
    one_line(result, 3, "/nowhere/file")


@test
def linerate_is_interrupted():
    process = subprocess.Popen([PROGRAM, "linerate", "--frames", "1G", "--speed", "1000", "--sizes",
                                "64"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(select.select([process.stdout], [], [], 60)[0], "it does not begin")
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    text, errors = process.communicate(timeout=60)
    check(process.returncode == 130, process.returncode, errors)
    check(b"interrupted: what ran before is shown" in text and errors == b"", text, errors)


@test
def memory_stays_flat_whatever_the_loops():
    peaks = []
    for loops in (10, 400):
        usage = subprocess.run(
            [sys.executable, "-c",
             "import resource, subprocess, sys\n"
             "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n",
             PROGRAM, "replay", os.path.join(CAPTURES, "small.pcap"), "--promisc", "--direction",
             "both", "--loop", str(loops)],
            stdout=subprocess.PIPE, check=True)
        peaks.append(int(usage.stdout))
    check(peaks[1] < peaks[0] + 4096, "KiB:", peaks)


main()
