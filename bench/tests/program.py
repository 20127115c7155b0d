# SPDX-License-Identifier: BSD-2-Clause
"""What the tests share that run the program as people do: the first argument is the program."""

import os
import subprocess
import sys
import traceback

PROGRAM = sys.argv[1]
TESTS = []


def test(function):
    TESTS.append(function)
    return function


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()


def run(*arguments, stdin=None, binary=False):
    done = subprocess.run([PROGRAM, *map(str, arguments)], stdin=stdin or subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
    return done if binary else Result(done)


def check(condition, *what):
    if not condition:
        raise AssertionError(" ".join(map(str, what)) or "condition is false")


def one_line(result, status, *parts):
    """One line on stderr, in our form, with all the parts; and the exit status."""
    check(result.status == status, "status", result.status, "instead of", status, result.err)
    lines = result.err.splitlines()
    check(len(lines) == 1, "not one line:", result.err)
    check(lines[0].startswith("e1000bench: "), lines[0])
    for part in parts:
        check(str(part) in lines[0], repr(part), "is not in:", lines[0])


def main():
    print("1..%d" % len(TESTS))
    failed = 0
    for number, function in enumerate(TESTS, 1):
        try:
            function()
            print("ok %d - %s" % (number, function.__name__))
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print("not ok %d - %s" % (number, function.__name__))
            for line in traceback.format_exc().splitlines():
                print("# " + line)
        sys.stdout.flush()
    sys.exit(1 if failed else 0)

