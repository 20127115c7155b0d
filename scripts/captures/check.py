# SPDX-License-Identifier: BSD-2-Clause
"""Checks captures/ against its README: every file listed, format, frames and bytes as listed, what a
wire can carry, and the made ones the same when made again.

  check.py [--update]     --update corrects the numbers in the README first
"""

import os
import re
import subprocess
import sys
import tempfile

import files

HERE = os.path.dirname(os.path.realpath(__file__))
FOLDER = os.path.join(HERE, "..", "..", "captures")
MADE = ("addresses.pcap", "jumbo.pcap", "runts.pcap", "sizes.pcap", "small.pcap", "snapped.pcap")
LARGEST_SUM = 5_000_000
# | `name` | what | format | frames | bytes |
ROW = re.compile(r"^\| `([\w.-]+)` \| (.*?) \|([^|]*)\|([^|]*)\|([^|]*)\|$", re.M)


def listed_row(name, what):
    """The line of the list that is true of this file."""
    capture = files.read(os.path.join(FOLDER, name))
    total = sum(len(data) for data, _ in capture.frames)
    return f"| `{name}` | {what} | {capture.format} | {len(capture.frames)} | {total} |"


def faults_of_recorded(name):
    """Recorded frames are whole, and none that Ethernet could not carry."""
    for number, (data, original) in enumerate(files.read(os.path.join(FOLDER, name)).frames, 1):
        longest = 1518 if data[12:14] == b"\x81\x00" else 1514
        if len(data) != original:
            yield f"{name}: frame {number} is cut to {len(data)} of {original} bytes"
        elif not 60 <= len(data) <= longest:
            yield f"{name}: frame {number} has {len(data)} bytes"


def faults_of_made():
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([os.path.join(HERE, "..", "make-captures"), place], check=True)
        if sorted(os.listdir(place)) != sorted(MADE):
            yield f"make-captures makes {sorted(os.listdir(place))}"
        for name in os.listdir(place):
            with open(os.path.join(place, name), "rb") as new, \
                    open(os.path.join(FOLDER, name), "rb") as old:
                if new.read() != old.read():
                    yield f"{name}: comes out otherwise when made again"


def faults():
    with open(os.path.join(FOLDER, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    there = sorted(n for n in os.listdir(FOLDER) if n != "README.md" and not n.startswith("."))
    rows = {row.group(1): row for row in ROW.finditer(readme)}
    for name in sorted(set(rows) - set(there)):
        yield f"{name}: listed, but not there"
    for name in there:
        if name not in rows:
            yield f"{name}: not listed in captures/README.md"
            continue
        try:
            if listed_row(name, rows[name].group(2)) != rows[name].group(0):
                yield f"{name}: not as listed; {listed_row(name, '...')}"
            if name not in MADE:
                yield from faults_of_recorded(name)
        except (ValueError, OSError, EOFError) as error:
            yield str(error)
    total = sum(os.path.getsize(os.path.join(FOLDER, name)) for name in there)
    if total > LARGEST_SUM:
        yield f"together {total} bytes, more than {LARGEST_SUM}"
    yield from faults_of_made()


def update():
    path = os.path.join(FOLDER, "README.md")
    with open(path, encoding="utf-8") as file:
        readme = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(ROW.sub(lambda row: listed_row(row.group(1), row.group(2)), readme))


def main():
    if sys.argv[1:] == ["--update"]:
        update()
    elif sys.argv[1:]:
        sys.exit(__doc__)
    found = list(faults())
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
