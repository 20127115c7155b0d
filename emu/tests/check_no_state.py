#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The chip's library holds no writable data: all state is in the chips, none is shared between them.

Looks at the symbols of the objects. Exits with 77, skipped, where the objects hold no code of the
machine (link-time optimisation).
"""
import subprocess
import sys

WRITABLE = (".data", ".bss", ".tdata", ".tbss", "*COM*")
# What the tools add for themselves: sanitizers and coverage counters.
TOOLS = ("__", "completed.", ".L", "*.L", "llvm_", "gcov", "asan.", "_GLOBAL__")


def is_writable(section):
    """.data.rel.ro holds tables of pointers, which the loader makes read-only."""
    if section.startswith(".data.rel.ro"):
        return False
    return section in WRITABLE or section.startswith((".data.", ".bss.", ".tdata.", ".tbss."))


def symbols(library):
    table = subprocess.run(["objdump", "-t", library], check=True, capture_output=True, text=True)
    for line in table.stdout.splitlines():
        # value, flags (7 characters), section, tab, size, name
        parts = line.split("\t")
        left = parts[0].split()
        if len(parts) == 2 and len(left) >= 2:
            yield parts[1].split()[-1], left[-1], parts[0][17:24]


def main(library):
    found = list(symbols(library))
    if not any(name == "emu_reg_table" for name, _, _ in found):
        print("no object code to look at")
        return 77
    shared = [f"{name} in {section}" for name, section, flags in found
              if is_writable(section) and "d" not in flags and not name.startswith(TOOLS)]
    for line in shared:
        print("writable:", line)
    return 1 if shared else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
