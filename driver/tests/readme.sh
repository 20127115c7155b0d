#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The shell that README.md shows is the example, to the letter, and under 150 lines.
#
# usage: readme.sh DRIVER-FOLDER
set -eu

shown=$(mktemp)
trap 'rm -f "$shown"' EXIT

awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$1/README.md" >"$shown"
diff -u "$1/example/shell.c" "$shown"
lines=$(wc -l <"$shown")
if [ "$lines" -ge 150 ] || [ "$lines" -lt 50 ]; then
    echo "README.md: the shell has $lines lines"
    exit 1
fi
