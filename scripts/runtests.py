# SPDX-License-Identifier: BSD-2-Clause
"""Runs the tests for scripts/test: Meson's, and checks of the tree itself; counts every case.

Meson counts a CMocka program as one test. Here each of its cases counts, and a program that ends
badly beside its cases (a sanitizer's report, a crash, cases that never ran) counts as one more
failure, so that no way of failing passes unseen.
"""

import argparse
import fnmatch
import json
import os
import re
import subprocess
import sys
import time

import checks

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
BUILDS = os.path.abspath(os.environ.get("E1000BENCH_BUILD") or os.path.join(ROOT, "build"))
SANITIZED = ["-Dbuildtype=debugoptimized", "-Db_sanitize=address,undefined", "-Db_lundef=false",
             "-Dtests=enabled", "-Dbench=enabled"]
# Suites that run only when they are asked for by name.
ON_REQUEST = ("slow", "peers", "browser")
OUTPUT_LINES = 80

# "ok 3 - name", "not ok 3 - name # TODO why", and CMocka's "not ok 3 # SKIP name".
TAP_CASE = re.compile(r"^(not )?ok\b\s*\d*\s*(?:- )?([^#]*?)\s*(?:#\s*(SKIP|TODO)\S*\s*(.*))?$", re.I)
TAP_PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*(SKIP)\S*\s*(.*))?$", re.I)


class Tally:
    """Counts cases and keeps what has to be told at the end."""

    def __init__(self, allowed):
        self.allowed = allowed
        self.passed = 0
        self.failures = []
        self.skips = []

    def add(self, name, outcome, why=""):
        if outcome == "pass":
            self.passed += 1
        elif outcome == "skip" and any(fnmatch.fnmatchcase(name, a) for a in self.allowed):
            self.skips.append((name, why))
        elif outcome == "skip":
            self.failures.append((name, "skipped, and not in scripts/allowed-skips"))
        else:
            self.failures.append((name, why))

    def closing_line(self):
        line = f"{self.passed} passed, {len(self.failures)} failed"
        return line + (f", {len(self.skips)} skipped" if self.skips else "")


def parse_tap(text):
    """The cases in a TAP stream as (name, outcome), and the number that the plan promised."""
    cases, planned, all_skipped = [], None, None
    for line in text.splitlines():
        plan = TAP_PLAN.match(line)
        if plan:
            planned = (planned or 0) + int(plan.group(1))
            if plan.group(2):
                all_skipped = plan.group(3) or "all"
            continue
        case = TAP_CASE.match(line)
        if not case:
            continue
        directive = (case.group(3) or "").upper()
        name = case.group(2) or (case.group(4) if directive == "SKIP" else "") or f"case {len(cases) + 1}"
        if directive == "SKIP":
            outcome = "skip"
        elif directive == "TODO":
            # A known fault that has gone wants its mark removed.
            outcome = "skip" if case.group(1) else "fail"
        else:
            outcome = "fail" if case.group(1) else "pass"
        cases.append((name, outcome))
    if planned == 0 and all_skipped:
        cases, planned = [("all", "skip")], 1
    return cases, planned


def count_program(tally, name, protocol, record):
    """Counts one Meson test by its log record. Returns the numbers of cases and of failures."""
    before = len(tally.failures)
    result = record["result"]
    if protocol != "tap":
        outcome = {"OK": "pass", "EXPECTEDFAIL": "pass", "SKIP": "skip"}.get(result, "fail")
        tally.add(name, outcome, f"{result.lower()}, exit status {record.get('returncode')}")
        return 1, len(tally.failures) - before

    cases, planned = parse_tap(record.get("stdout") or "")
    for case, outcome in cases:
        tally.add(f"{name}/{case}", outcome, "failed")
    failed_cases = sum(outcome == "fail" for _, outcome in cases)
    # CMocka writes a skip as "not ok # SKIP", which Meson takes for a failure.
    only_skipped = record.get("returncode") == 0 and any(o == "skip" for _, o in cases)
    if planned is None or planned == 0 or len(cases) != planned:
        tally.add(name, "fail", f"{len(cases)} of {planned or 0} cases ran ({result.lower()}, "
                                f"exit status {record.get('returncode')})")
    elif result not in ("OK", "SKIP", "EXPECTEDFAIL") and not failed_cases and not only_skipped:
        tally.add(name, "fail", f"{result.lower()}, exit status {record.get('returncode')}, "
                                "though every case passed")
    return len(cases), len(tally.failures) - before


def tell_output(record):
    for stream in ("stdout", "stderr"):
        lines = (record.get(stream) or "").rstrip().splitlines()
        if not lines:
            continue
        if len(lines) > OUTPUT_LINES:
            print(f"    | ... {len(lines) - OUTPUT_LINES} lines more, see meson-logs/testlog.txt")
        for line in lines[-OUTPUT_LINES:]:
            print("    |", line)


def progress(word, name, detail):
    print(f"{word:<5} {name:<32} {detail}".rstrip(), flush=True)


def shell_build(name, options, env=None):
    """Builds by scripts/lib.sh. Returns (well, what it said)."""
    script = 'me=test; root=$1; shift; . "$root/scripts/lib.sh"; build "$@"'
    done = subprocess.run(["sh", "-c", script, "sh", ROOT, name, *options],
                          env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode == 0, done.stdout


def meson_tests():
    """Meson's tests as {name: (suite, protocol)}, from the build folder."""
    listing = subprocess.run(["meson", "introspect", "--tests", os.path.join(BUILDS, "test")],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    found = {}
    for test in json.loads(listing.stdout or "[]"):
        suite = test["suite"][0].split(":")[-1] if test["suite"] else "meson"
        found[test["name"]] = (suite, test.get("protocol", "exitcode"))
    return found


def run_meson_tests(tally, tests):
    """Runs Meson's tests of these names and counts them."""
    log = os.path.join(BUILDS, "test", "meson-logs", "testlog.json")
    if os.path.exists(log):
        os.remove(log)
    done = subprocess.run(["meson", "test", "-C", os.path.join(BUILDS, "test"), "--no-rebuild",
                           "--timeout-multiplier", "4", *tests],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    records = {}
    if os.path.exists(log):
        with open(log, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                record = json.loads(line)
                records[record["name"].split(" / ")[-1].split(":")[-1]] = record
    for name, (suite, protocol) in tests.items():
        full = f"{suite}/{name}"
        if name not in records:
            tally.add(full, "fail", "Meson did not run it")
            progress("FAIL", full, "not run")
            continue
        cases, failures = count_program(tally, full, protocol, records[name])
        detail = f"{cases} case{'' if cases == 1 else 's'}, {records[name]['duration']:.1f} s"
        progress("FAIL" if failures else "ok", full, detail)
        if failures:
            tell_output(records[name])
    if not records:
        print(done.stdout)


def run_checks(tally, names):
    context = checks.Context(root=ROOT, builds=BUILDS, build=shell_build)
    for name in names:
        start = time.monotonic()
        outcome, said = checks.ALL[name](context)
        lines = [line for line in said.splitlines() if line.strip()] or [outcome]
        tally.add(f"checks/{name}", outcome, next((l for l in lines if "error:" in l), lines[0]))
        meaning = checks.ALL[name].__doc__.splitlines()[0]
        progress({"pass": "ok", "skip": "skip"}.get(outcome, "FAIL"), f"checks/{name}",
                 f"{meaning} {time.monotonic() - start:.1f} s")
        if outcome != "pass":
            for line in said.rstrip().splitlines()[-OUTPUT_LINES:]:
                print("    |", line)


def allowed_skips():
    with open(os.path.join(ROOT, "scripts", "allowed-skips"), encoding="utf-8") as lines:
        return [line.split(": ")[0].strip() for line in lines
                if line.strip() and not line.startswith("#")]


def matches(suite, name, pattern):
    return suite == pattern or fnmatch.fnmatchcase(name, pattern) or \
        fnmatch.fnmatchcase(f"{suite}/{name}", pattern)


def chosen(suite, name, options):
    if options.suite and suite not in options.suite:
        return False
    if suite in ON_REQUEST and not (options.suite or options.names or options.list):
        return False
    return not options.names or any(matches(suite, name, want) for want in options.names)


def wants_meson(options):
    """Whether the selection can reach beyond the checks, so that it is worth building."""
    if options.suite and set(options.suite) == {"checks"}:
        return False
    return not options.names or not all(
        any(matches("checks", name, want) for name in checks.ALL) for want in options.names)


def build_and_run(tally, options):
    """Builds with the sanitizers and runs Meson's tests. Returns how many were chosen."""
    start = time.monotonic()
    well, said = shell_build("test", SANITIZED)
    tally.add("build/sanitizers", "pass" if well else "fail", "the build failed")
    progress("ok" if well else "FAIL", "build/sanitizers",
             f"the tree builds with sanitizers {time.monotonic() - start:.1f} s")
    if not well:
        print(said)
        return 0
    tests = {n: t for n, t in meson_tests().items() if chosen(t[0], n, options)}
    if tests:
        run_meson_tests(tally, tests)
    return len(tests)


def list_tests(options):
    well, said = shell_build("test", SANITIZED)
    if not well:
        print(said, file=sys.stderr)
    for name, (suite, _) in meson_tests().items():
        if chosen(suite, name, options):
            print(f"{suite}/{name}")
    for name in checks.ALL:
        if chosen("checks", name, options):
            print(f"checks/{name}")
    return 0 if well else 1


def main():
    parser = argparse.ArgumentParser(prog="scripts/test", add_help=False, allow_abbrev=False)
    parser.add_argument("--suite", action="append")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    os.makedirs(BUILDS, exist_ok=True)
    if options.list:
        return list_tests(options)

    tally = Tally(allowed_skips())
    check_names = [name for name in checks.ALL if chosen("checks", name, options)]
    programs = build_and_run(tally, options) if wants_meson(options) else 0
    run_checks(tally, check_names)
    if not programs and not tally.failures and (wants_meson(options) or not check_names):
        tally.add("selection", "fail", "no test has that name, or there are none")

    for name, why in tally.skips:
        print(f"skipped: {name}: {why}")
    for name, why in tally.failures:
        print(f"failed: {name}: {why}")
    print(tally.closing_line())
    return 1 if tally.failures or not tally.passed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("test: interrupted")
