#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Puts known bugs of other models into a copy of ours, and sees that the tests catch each.

usage: bugs.py TREE [NAME...]

TREE/emu/tests/bugs/NAME.patch holds a bug. The lines before the diff say what it is, and which tests must
fail, each of them:

    Bug: T3, CVE-2016-1981: what the other model does
    Test: emu-rx_habits test_T3_head_beyond_length

which is the case test_T3_head_beyond_length of the program test-emu-rx_habits. The diff is one of diff -u, with
paths from TREE on behind a/ and b/. A patch that no longer applies, because the code was changed, is a failure:
the bug is to be put into the new code.

A test fails by its assertion, by a sanitizer's report, by a signal, or by not ending. It runs alone: a program
that dies in an earlier case proves nothing. Prints TAP.
"""

import glob
import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# What our list of other models' bugs holds: flaws that had a CVE, and bugs. Each wants a patch.
IDS = ["T%d" % n for n in range(1, 14)] + ["B%d" % n for n in range(1, 6)]

# Seconds of processor time after which a test hangs, beside five times what it takes without a bug. A busy
# machine makes no difference to that; the time on the wall is for programs that sleep.
HANGS_AFTER = 1
WALL = 120

# Little optimisation and no debug information: building is most of the time. Hostile input needs the
# sanitizers.
OPTIONS = ["-Dbench=disabled", "-Dtests=enabled", "-Doptimization=1", "-Ddebug=false", "-Db_lto=false",
           "-Db_sanitize=address,undefined", "-Db_lundef=false"]

# Leaks are what a failed test leaves behind.
ENVIRONMENT = {"CMOCKA_MESSAGE_OUTPUT": "TAP", "ASAN_OPTIONS": "detect_leaks=0",
               "UBSAN_OPTIONS": "halt_on_error=1"}


class Bug:
    """A patch and what its header says."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-len(".patch")]
        with open(path, encoding="utf-8") as file:
            text = file.read()
        head = text.split("\n--- ", 1)[0]
        self.what = re.search(r"^Bug: (.+)$", head, re.M).group(1)
        self.tests = re.findall(r"^Test: (\S+) (\S+)$", head, re.M)
        self.files = re.findall(r"^\+\+\+ b/(\S+)", text, re.M)
        if not self.tests or not self.files:
            raise ValueError(path + ": names no test, or changes nothing")


def run(command, cwd):
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def build_tests(tests, build):
    """Builds the programs of these tests. Returns a reason or None."""
    targets = sorted({"emu/test-" + program for program, _ in tests})
    status, output = run(["ninja", *targets], build)
    return "does not build:\n" + output[-3000:] if status != 0 else None


def run_case(build, program, case, seconds):
    """Runs one case. Returns how it ended, "passes" if well, and the processor time that it took."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run([os.path.join(build, "emu", "test-" + program)], cwd=build, timeout=WALL,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=dict(os.environ, E1000_TEST_CASES=case, **ENVIRONMENT), check=False,
                              preexec_fn=limit)
        status, output = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired:
        status, output = -signal.SIGKILL, ""
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if status != 0:
        return "does not end" if status in (-signal.SIGXCPU, -signal.SIGKILL) else "fails", took
    return "passes" if re.search(r"^ok \d+ - %s$" % re.escape(case), output, re.M) else "is not there", took


class Workshop:
    """A copy of the tree, built, in which bugs come and go."""

    def __init__(self, root, place):
        self.root = root
        self.tree = os.path.join(place, "tree")
        self.build = os.path.join(place, "build")
        self.seconds = {}

    def open(self, tests):
        """Copies, builds, and sees that each named test is there and passes. Returns a reason or None."""
        for part in ("emu", "driver", "bench", "scripts"):
            shutil.copytree(os.path.join(self.root, part), os.path.join(self.tree, part),
                            ignore=shutil.ignore_patterns("*.patch", "__pycache__"))
        for file in ("meson.build", "meson_options.txt"):
            shutil.copy(os.path.join(self.root, file), self.tree)
        status, output = run(["meson", "setup", self.build, self.tree, *OPTIONS], self.root)
        reason = output if status != 0 else build_tests(tests, self.build)
        if reason:
            return reason
        for test in sorted(set(tests)):
            how, took = run_case(self.build, *test, WALL)
            if how != "passes":
                return "%s %s %s without a bug" % (*test, how)
            self.seconds[test] = math.ceil(HANGS_AFTER + 5 * took)
        return None

    def try_bug(self, bug):
        """Puts the bug in, runs the tests that it names, and takes it out. Returns a reason or None."""
        good = {file: self.read(file) for file in bug.files}
        try:
            status, output = run(["patch", "-p1", "-s", "--no-backup-if-mismatch", "-r", "-", "-i", bug.path],
                                 self.tree)
            if status != 0:
                return "the patch does not apply:\n" + output
            return build_tests(bug.tests, self.build) or self.missed(bug)
        finally:
            for file, content in good.items():
                self.write(file, content)

    def missed(self, bug):
        for test in bug.tests:
            how, _ = run_case(self.build, *test, self.seconds[test])
            if how not in ("fails", "does not end"):
                return "%s %s %s with the bug" % (*test, how)
        return None

    def read(self, file):
        with open(os.path.join(self.tree, file), "rb") as stream:
            return stream.read()

    def write(self, file, content):
        # Ninja goes by times, and some file systems' are coarse.
        path = os.path.join(self.tree, file)
        with open(path, "wb") as stream:
            stream.write(content)
        later = time.time() + 0.01
        os.utime(path, (later, later))


class Report:
    """TAP."""

    def __init__(self, cases):
        print("1..%d" % cases)
        self.number = 0
        self.failed = 0

    def add(self, what, reason):
        self.number += 1
        self.failed += reason is not None
        print("%s %d - %s" % ("not ok" if reason else "ok", self.number, what.replace("#", "no.")))
        for line in (reason or "").splitlines():
            print("# " + line)
        sys.stdout.flush()


def without_patch(bugs):
    lacking = [i for i in IDS if not any(bug.name.startswith(i + "-") for bug in bugs)]
    return "none for " + ", ".join(lacking) if lacking else None


def main():
    root, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    every = [Bug(path) for path in sorted(glob.glob(os.path.join(root, "emu/tests/bugs/*.patch")))]
    bugs = [bug for bug in every if not names or bug.name in names]
    report = Report(len(bugs) + 2)
    report.add("each known kind of bug has a patch", without_patch(every))
    with tempfile.TemporaryDirectory(prefix="e1000bench-bugs-") as place:
        workshop = Workshop(root, place)
        unsound = workshop.open([test for bug in bugs for test in bug.tests])
        report.add("without a bug the tests pass", unsound)
        for bug in bugs:
            reason = "not tried" if unsound else workshop.try_bug(bug)
            report.add(bug.name + ": " + bug.what, reason)
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
