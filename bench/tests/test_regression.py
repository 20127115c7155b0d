#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The regression as people and CI run it: all of it passes, the same seed gives the same bytes,
shards give the whole, and a driver that is wrong is found, by the right rule.

usage: test_regression.py PROGRAM CAPTURES
"""

import json
import os
import re
import signal
import subprocess
import tempfile
import xml.etree.ElementTree

from program import PROGRAM, check, main, one_line, run, test



def timeless(text):
    """Without what differs from run to run: durations."""
    text = re.sub(r"^# time: .*$", "", text, flags=re.M)
    text = re.sub(r'"duration_s": [0-9.e-]+', "", text)
    return re.sub(r' time="[0-9.]+"', "", text)


def read(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


@test
def all_of_it_passes():
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("results.json", "results.xml")]
        result = run("check", "--jobs", 2, "--json", paths[0], "--junit", paths[1])
        failed = re.findall(r"^not ok .*\n(?:  .*\n)*", result.out, flags=re.M)
        check(result.status == 0 and not failed and result.err == "", result.status,
              "".join(failed)[:8000], result.err)
        results = json.loads(read(paths[0]))
        check(results["passed"] >= 120 and results["failed"] == 0, results["passed"])
        check(len(results["results"]) == results["total"])
        for row in results["results"]:
            check(row["status"] in ("pass", "skip"), row)
            check(row["status"] == "skip" or row["checks"] > 0, row)
        suite = xml.etree.ElementTree.parse(paths[1]).getroot().find("testsuite")
        check(suite.get("tests") == str(results["total"]) and suite.get("failures") == "0")
        check(len(suite.findall("testcase")) == results["total"])
        lines = result.out.splitlines()
        check(lines[0] == "TAP version 13" and lines[1] == "1..%d" % results["total"])


@test
def shards_give_the_same_bytes_as_the_whole():
    some = [part for name in ("feature/t*", "fault/2*", "load/soak-f*") for part in ("--filter", name)]
    with tempfile.TemporaryDirectory() as folder:
        whole = [os.path.join(folder, "whole." + kind) for kind in ("json", "xml")]
        merged = [os.path.join(folder, "merged." + kind) for kind in ("json", "xml")]
        shards = [os.path.join(folder, "%d.json" % i) for i in (1, 2, 3)]
        first = run("check", *some, "--jobs", 3, "--json", whole[0], "--junit", whole[1])
        check(first.status == 0, first.out)
        for i, path in enumerate(shards, 1):
            part = run("check", *some, "--jobs", i, "--shard", "%d/3" % i, "--json", path)
            check(part.status == 0 and "shard %d of 3" % i in part.out, path, part.out[-2000:])
        again = run("merge", "--json", merged[0], "--junit", merged[1], *reversed(shards))
        check(again.status == 0 and again.err == "", again.err)
        check(timeless(again.out) == timeless(first.out), "TAP differs")
        for one, other in zip(whole, merged):
            check(timeless(read(one)) == timeless(read(other)), one, "differs")
        check(len(json.loads(read(merged[0]))["results"]) > 30)


@test
def another_seed_is_another_run():
    runs = [run("check", "--seed", seed, "--filter", "load/soak-frames", "--json", "-")
            for seed in (1, 1, 2)]
    for result in runs:
        check(result.status == 0, result.err)
    check(timeless(runs[0].out) == timeless(runs[1].out))
    frames = [json.loads(result.out)["results"][0]["frames"] for result in runs]
    check(frames[0] == frames[1] != frames[2], frames)


@test
def a_driver_that_is_wrong_is_found_by_the_right_rule():
    rows = [line.split()[:3] for line in run("check", "--list-sabotage").out.splitlines()[1:]]
    check(len(rows) >= 10, len(rows))
    for name, rule, scenario in rows:
        result = run("check", "--sabotage", name, "--filter", scenario)
        check(result.status == 1, name, result.status, result.out)
        check("\n  rule: '%s'\n" % rule in result.out, name, "is not found by", rule,
              result.out)
        check("the accesses up to then:" in result.out, result.out)
        repeat = re.search(r"^  repeat: 'e1000bench (.*)'$", result.out, flags=re.M).group(1)
        again = run(*repeat.split())
        check(timeless(again.out) == timeless(result.out), name, "is not repeated by", repeat)


@test
def a_failure_tells_forty_accesses():
    text = run("check", "--sabotage", "tail-at-head", "--filter", "feature/rx-sizes").out
    accesses = re.findall(r"^        [0-9]+\.[0-9]{9}  (?:read|write) ", text, flags=re.M)
    check(len(accesses) == 40, len(accesses), text)
    check(re.search(r"write RDT = 0x", text), text)


@test
def lists_and_explanations():
    listed = run("check", "--list").out.splitlines()
    ids = [line.split()[0] for line in listed]
    check(len(ids) >= 120 and len(set(ids)) == len(ids), len(ids))
    text = run("check", "--explain", "--filter", "fault/*").out
    for number in range(1, 31):
        check(re.search(r"^fault/%02d-" % number, text, flags=re.M), number)
    check(text.count("  proves ") == text.count("  source ") == len(
        [name for name in ids if name.startswith("fault/")]))
    check(run("check", "--list", "--filter", "vlan").out.count("\n") == len(
        [name for name in ids if "vlan" in name]))
    check(run("check", "--list", "--filter", "feature/attach").out.count("\n") == 1)


@test
def one_profile_for_all_skips_what_makes_no_sense():
    result = run("check", "--profile", "82545gm-serdes", "--filter", "feature/link-*", "--filter",
                 "feature/fiber")
    check(result.status == 0, result.out)
    check(" # SKIP the board is not a copper one\n" in result.out, result.out)
    check(re.search(r"^ok \d+ - feature/fiber: [^#]*$", result.out, flags=re.M), result.out)


@test
def wrong_options_get_one_line():
    one_line(run("check", "--filter", "nothing-like-it"), 2, "--filter", "nothing-like-it")
    for shard in ("0/3", "4/3", "3", "1/0", "a/b", "1/3/5", "-1/3", ""):
        one_line(run("check", "--shard", shard), 2, "--shard", shard)
    one_line(run("check", "--jobs", "0"), 2, "--jobs")
    one_line(run("check", "--profile", "silicone"), 2, "--profile", "silicon")
    one_line(run("check", "--driver", "kore"), 2, "kore")
    one_line(run("check", "--sabotage", "everything"), 2, "--sabotage")
    one_line(run("check", "--check", "hard"), 2, "--check")
    one_line(run("check", "more"), 2, "more")
    one_line(run("check", "--json", "x", "--junit", "x"), 2, "same file")
    one_line(run("merge"), 2, "FILE")
    one_line(run("merge", "/no/such/file"), 3, "/no/such/file")


@test
def files_that_cannot_be_written_are_told():
    result = run("check", "--filter", "feature/attach", "--json", "/no/such/folder/x")
    one_line(result, 3, "/no/such/folder/x")
    check("\nok 1 - feature/attach" in result.out)
    result = run("check", "--filter", "feature/attach", "--junit", "/dev/full")
    one_line(result, 3, "/dev/full")


@test
def shards_of_different_runs_are_not_merged():
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, "%d.json" % i) for i in (1, 2, 3)]
        run("check", "--filter", "feature/attach*", "--shard", "1/2", "--json", paths[0])
        run("check", "--filter", "feature/attach*", "--shard", "2/2", "--seed", 2, "--json",
            paths[1])
        one_line(run("merge", *paths[:2]), 3, "seed")
        one_line(run("merge", paths[0]), 3, "shard 2 of 2 is missing")
        with open(paths[2], "w", encoding="utf-8") as stream:
            stream.write(read(paths[0])[:100])
        one_line(run("merge", paths[2]), 3, paths[2])


@test
def ctrl_c_ends_with_what_there_is():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "results.json")
        with subprocess.Popen([PROGRAM, "check", "--jobs", "1", "--json", path],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            text = ""
            while "\nok 2 " not in text:
                text += process.stdout.readline()
            process.send_signal(signal.SIGINT)
            rest, error = process.communicate(timeout=60)
        check(process.returncode == 130, process.returncode, error)
        check("Bail out! interrupted\n" in rest, rest[-500:])
        results = json.loads(read(path))
        check(results["interrupted"] and 2 <= len(results["results"]) < results["total"])
        check(error == "", error)
        one_line_free = run("merge", path)
        check(one_line_free.status == 130, one_line_free.status, one_line_free.err)


main()
