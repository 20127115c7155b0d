# SPDX-License-Identifier: BSD-2-Clause
"""Prints gcovr's summary for scripts/coverage: a table of files, and a line for each part.

  coverage.py SUMMARY.json PART...
"""

import json
import sys


def percent(covered, total):
    return f"{100 * covered / total:.1f} %" if total else "none"


def counts(files, what):
    return sum(f[f"{what}_covered"] for f in files), sum(f[f"{what}_total"] for f in files)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        files = json.load(file)["files"]
    print(f"{'file':<36} {'lines':>14} {'branches':>18}")
    for entry in sorted(files, key=lambda f: f["filename"]):
        lines, branches = counts([entry], "line"), counts([entry], "branch")
        print(f"{entry['filename']:<36} {percent(*lines):>8} {lines[1]:>5} "
              f"{percent(*branches):>12} {branches[1]:>5}")
    print()
    missing = 0
    for part in sys.argv[2:]:
        of_part = [f for f in files if f["filename"].startswith(part + "/")]
        missing += not of_part
        print(f"{part}: lines {percent(*counts(of_part, 'line'))}, "
              f"branches {percent(*counts(of_part, 'branch'))}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
