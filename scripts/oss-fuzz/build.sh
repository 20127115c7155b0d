#!/bin/bash -eu
# SPDX-License-Identifier: BSD-2-Clause
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzz expect it: with $CC, $CFLAGS, $CXX and
# $LIB_FUZZING_ENGINE as they give them, into $OUT, each with its corpus as NAME_seed_corpus.zip. The
# packages that it needs are those of `scripts/setup build`, and zip.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=${WORK:-$(mktemp -d)}/e1000bench

rm -rf "$work"
# The engine's flags are in $CFLAGS already; its library is C++.
meson setup "$work" "$root" -Dbuildtype=plain -Db_lundef=false -Db_pie=false -Dtests=disabled \
    -Dbench=enabled -Ddefault_library=static "-Dfuzzing_engine=$LIB_FUZZING_ENGINE"
ninja -C "$work"
find "$work" -name 'fuzz_*' -type f -perm -u+x | while read -r program; do
    name=$(basename "$program")
    cp "$program" "$OUT/$name"
    source=$(find "$root" -path '*/tests/fuzz/*' -name "$name.c")
    seeds=$work/seeds/$name
    python3 -B "$root/scripts/corpus.py" unpack "$(dirname "$source")/corpus/${name#fuzz_}.hex" "$seeds"
    if [ "$name" = fuzz_capture ]; then
        cp "$root"/captures/*.pcap* "$seeds"
    fi
    zip -jqr "$OUT/${name}_seed_corpus.zip" "$seeds"
    printf '[libfuzzer]\nmax_len = 4096\n' >"$OUT/$name.options"
done
