#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Measuring by the program, and pictures of what it measured. Times are only looked at for making sense.

usage: test_perf.py PROGRAM CAPTURES
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from program import PROGRAM, check, main, one_line, run, test

PLOT = os.path.join(os.path.dirname(sys.argv[2]), "scripts", "plot")
SVG = "{http://www.w3.org/2000/svg}"


def plot(*arguments, stdin=None):
    return subprocess.run([sys.executable, "-B", PLOT, *arguments], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=300, check=False)


@test
def a_line_for_each_combination():
    result = run("perf", "--sizes", "60,1514", "--time", 1)
    check(result.status == 0 and result.err == "", result.err)
    lines = result.out.splitlines()
    check("of floor" in lines[0] and len(lines) == 1 + 2 * 3 * 2, result.out)
    seen = {tuple(line.split()[:5]) for line in lines[1:]}
    check(len(seen) == 12 and ("1514", "32", "both", "checksum", "off") in seen, result.out)


@test
def json_tells_the_same_and_more():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "perf.json")
        result = run("perf", "--sizes", "61", "--bursts", "1,8", "--directions", "rx,both", "--offloads",
                     "checksum", "--check", "off,on", "--ring", "64", "--profile", "silicon", "--time", 1,
                     "--json", file)
        check(result.status == 0, result.err)
        with open(file, encoding="utf-8") as stream:
            report = json.load(stream)
    check(report["profile"] == "silicon" and report["ring"] == 64 and not report["interrupted"])
    check(report["floor"] == {"ring": 256, "burst": 32, "frames": 4096}, report["floor"])
    rows = report["rows"]
    check(len(rows) == len(result.out.splitlines()) - 1 == 8, rows)
    for row in rows:
        check(row["size"] == 61 and row["offloads"] == "checksum", row)
        check(abs(row["mpps"] * row["ns"] - 1000) < 1, row)
        check(abs(row["gbps"] * row["ns"] - 8 * 85) < 1, row)
        check(abs(row["ratio"] * row["ns"] - row["floor"]["ns"]) < 0.01, row)
        check(row["instructions"] is None or row["instructions"] > 0, row)
        check(0 < row["mmio_writes"] < 10 and 0 < row["interrupts"] <= 1, row)
        check(row["turns"] >= 1 and row["floor"]["turns"] >= 1, row)
    # Larger bursts are larger batches for the driver.
    one, eight = [[row for row in rows if row["burst"] == n][0] for n in (1, 8)]
    check(one["mmio_writes"] >= eight["mmio_writes"], one, eight)


@test
def json_on_standard_output_is_alone_there():
    result = run("perf", "--sizes", "60", "--directions", "tx", "--offloads", "none", "--time", 1, "--json", "-")
    check(result.status == 0 and len(json.loads(result.out)["rows"]) == 1, result.out)
    check("of floor" in result.err, result.err)


@test
def large_frames_in_small_buffers():
    result = run("perf", "--sizes", "9014,16114", "--buffer", "256", "--ring", "512", "--time", 1, "--directions",
                 "both")
    check(result.status == 0 and len(result.out.splitlines()) == 5, result.out, result.err)


@test
def every_profile_can_be_measured():
    for profile in ("vmware", "vmware-esxi51", "silicon", "virtualbox", "qemu"):
        result = run("perf", "--sizes", "60", "--profile", profile, "--time", 1, "--check", "on", "--directions",
                     "both")
        check(result.status == 0, profile, result.err)


@test
def what_makes_no_sense_is_refused():
    one_line(run("perf", "--sizes", "59"), 2, "'--sizes'", "'59'", "60 to 16114")
    one_line(run("perf", "--sizes", "60,,61"), 2, "'--sizes'", "''")
    one_line(run("perf", "--sizes", "60," * 16 + "60"), 2, "'--sizes'", "16 values")
    one_line(run("perf", "--bursts", "0"), 2, "'--bursts'", "1 to 256")
    one_line(run("perf", "--directions", "rx,up"), 2, "'--directions'", "'up'")
    one_line(run("perf", "--offloads", "checksums"), 2, "'--offloads'", "checksum")
    one_line(run("perf", "--check", "of"), 2, "'--check'", "off")
    one_line(run("perf", "--time", "0"), 2, "'--time'", "1 to 60000")
    one_line(run("perf", "--ring", "9"), 2, "'--ring'", "multiple of 8")
    one_line(run("perf", "--profile", "novell"), 2, "'--profile'", "'novell'")
    one_line(run("perf", "more"), 2, "'more'")
    one_line(run("perf", "--fault", "rx-drop"), 2, "'--fault'")
    one_line(run("perf", "--sizes", "16114", "--buffer", "256", "--ring", "8"), 1, "16114 bytes",
             "driver does not attach")
    one_line(run("perf", "--sizes", "60", "--time", 1, "--directions", "rx", "--json", "/nowhere/x"), 3,
             "/nowhere/x")


@test
def interrupted_it_keeps_what_it_has():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "perf.json")
        process = subprocess.Popen([PROGRAM, "perf", "--sizes", "60", "--offloads", "none", "--time", "100",
                                    "--bursts", "32,16,8,4", "--json", file],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        first = b""
        while first.count(b"\n") < 2:
            check(select.select([process.stdout], [], [], 60)[0], "it does not begin")
            first += os.read(process.stdout.fileno(), 65536)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
        check(process.returncode == 130 and errors == b"", process.returncode, errors)
        with open(file, encoding="utf-8") as stream:
            report = json.load(stream)
        check(report["interrupted"] and 1 <= len(report["rows"]) < 12, report)
        check(len(report["rows"]) == (first + rest).count(b"\n") - 1, first, rest)


# ---- Pictures -----------------------------------------------------------------------------------


def texts(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    check(root.tag == SVG + "svg", root.tag)
    check(len(root.findall(".//%spath" % SVG)) > 10, "hardly anything is drawn")
    return ["".join(element.itertext()).strip() for element in root.iter(SVG + "text")]


@test
def pictures_of_a_measurement():
    with tempfile.TemporaryDirectory(prefix="it's a folder ") as folder:
        file = os.path.join(folder, "perf.json")
        result = run("perf", "--sizes", "60,1514", "--directions", "rx,tx", "--check", "off,on", "--time", 1, "--json",
                     file)
        check(result.status == 0, result.err)
        done = plot(file, folder)
        check(done.returncode == 0 and done.stderr == "", done.stderr)
        made = [os.path.join(folder, "perf-%s.svg" % way) for way in ("rx", "tx")]
        check(done.stdout.splitlines() == made, done.stdout)
        for path in made:
            found = texts(path)
            for text in ("floor: copies only", "line rate at 1 Gb/s", "no offloads", "checksums offloaded, judged",
                         "60", "1514"):
                check(text in found, text, found)


@test
def one_size_makes_a_picture_too():
    with tempfile.TemporaryDirectory() as folder:
        result = run("perf", "--sizes", "128", "--bursts", "1,32", "--directions", "both", "--offloads", "none",
                     "--time", 1, "--json", "-")
        done = plot("-", folder, stdin=result.out)
        check(done.returncode == 0, done.stderr)
        check("no offloads, bursts of 32" in texts(os.path.join(folder, "perf-both.svg")))


@test
def what_is_no_measurement_makes_none():
    with tempfile.TemporaryDirectory() as folder:
        for text in ("", "{}", "[1]", '{"rows": [{"size": 60}]}', '{"rows": 3}'):
            done = plot("-", folder, stdin=text)
            check(done.returncode == 1 and len(done.stderr.splitlines()) == 1, text, done.stderr)
            check("e1000bench perf --json" in done.stderr, done.stderr)
        done = plot("-", folder, stdin='{"rows": [], "profile": "vmware"}')
        check(done.returncode == 1 and "nothing was measured" in done.stderr, done.stderr)
        check(os.listdir(folder) == [], os.listdir(folder))
    done = plot("/nowhere/perf.json")
    check(done.returncode == 1 and "/nowhere/perf.json" in done.stderr, done.stderr)


main()
