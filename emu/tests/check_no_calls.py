#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The chip's library calls nothing but what copies and compares memory, and what makes and frees a chip:
no assert, no clock, no thread, no printing. It may look at what the compiler's own library knows of the
processor.

Looks at the symbols that the objects need. Exits with 77, skipped, where the objects hold no code of
the machine (link-time optimisation).
"""
import subprocess
import sys

ALLOWED = {"memcpy", "memmove", "memset", "memcmp", "strcmp", "calloc", "free", "__cpu_model"}
# What the tools call: sanitizers, coverage counters, hardened builds.
TOOLS = ("__asan_", "__ubsan_", "__tsan_", "__msan_", "__sanitizer_", "__gcov_", "__llvm_", "__stack_chk_fail",
         "_GLOBAL_OFFSET_TABLE_", "__memcpy_chk", "__memmove_chk", "__memset_chk")


def main(library):
    table = subprocess.run(["nm", "-A", library], check=True, capture_output=True, text=True)
    fields = [line.rsplit(":", 1)[-1].split() for line in table.stdout.splitlines()]
    defined = {f[2] for f in fields if len(f) == 3}
    needed = {f[1] for f in fields if len(f) == 2 and f[0] in "Uuw"}
    if "emu_reg_table" not in defined:
        print("no object code to look at")
        return 77
    foreign = sorted(name for name in needed - defined - ALLOWED if not name.startswith(TOOLS))
    for name in foreign:
        print("called:", name)
    return 1 if foreign else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
