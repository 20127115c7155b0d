#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The driver core can be linked into a kernel: its objects, compiled freestanding and linked into one,
# need nothing but memcpy, memmove, memset and memcmp, hold no writable data, and stay under 64 KiB.
#
# usage: freestanding.sh DRIVER-FOLDER COMPILER...
set -eu

folder=$1
shift

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() { # what it is, flags
    name=$1
    shift
    rm -f "$work"/*.o
    n=0
    for source in "$folder"/*.c; do
        n=$((n + 1))
        "$@" -std=c17 -ffreestanding -nostdlib -fno-pic -O2 -Wall -Wextra -Wpedantic -Wshadow \
            -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror \
            -I "$folder/include" -c "$source" -o "$work/$n.o"
    done
    "$@" -nostdlib -r "$work"/*.o -o "$work/core.o"

    strange=$(nm -u "$work/core.o" | awk '{ print $2 }' |
        grep -v -x -e memcpy -e memmove -e memset -e memcmp || :)
    if [ -n "$strange" ]; then
        echo "$name: undefined symbols:" "$strange"
        exit 1
    fi
    writable=$(nm "$work/core.o" | awk '$2 ~ /^[bBdDcCgGsS]$/ { print $3 }')
    if [ -n "$writable" ]; then
        echo "$name: writable data:" "$writable"
        exit 1
    fi
    nm "$work/core.o" | grep -q ' T e1000_attach$' # it was really looked at
    nm "$work/core.o" | awk '$2 == "T" && $3 !~ /^e1000_/ { print "name without prefix:", $3; bad = 1 }
        END { exit bad }'
    text=$(size "$work/core.o" | awk 'NR == 2 { print $1 }')
    if [ "$name" = native ] && [ "$text" -gt 65536 ]; then
        echo "$name: $text bytes of text"
        exit 1
    fi
    echo "$name: ok, $text bytes of text"
}

check native "$@"
# A 32-bit kernel has no 64-bit loads and no 64-bit division to call.
if echo 'int x;' | "$@" -m32 -ffreestanding -x c -c - -o "$work/probe.o" 2>/dev/null &&
    "$@" -m32 -nostdlib -r "$work/probe.o" -o "$work/probe2.o" 2>/dev/null; then
    check 32-bit "$@" -m32
fi
