# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the scripts share. They set `me` to their own name and `root` to the checkout, then read this.

# Where builds go, one folder for each kind.
builds=${E1000BENCH_BUILD:-${root:?}/build}
case $builds in /*) ;; *) builds=$PWD/$builds ;; esac

fail() { # message
    printf '%s: %s\n' "${me:?}" "$1" >&2
    exit 1
}

# What a build folder was made from. When any of it has changed (the checkout was moved, another
# compiler, other options), Meson would keep to what it remembers, so the folder is made anew.
fingerprint() { # meson options...
    printf '%s\n' "$root" "${CC-}" "${CFLAGS-}" "${LDFLAGS-}" "$*"
    "${CC:-cc}" --version 2>/dev/null | head -n 1
}

# Makes the folder if need be, and compiles. The log is in $builds/NAME.log.
configure_and_compile() { # name, meson options...
    dir=$builds/$1
    log=$builds/$1.log
    shift
    if [ ! -f "$dir/build.ninja" ] || [ "$(fingerprint "$@")" != "$(cat "$dir/made-from" 2>/dev/null)" ]; then
        rm -rf "$dir" || return 1
        meson setup "$dir" "$root" "$@" >"$log" 2>&1 </dev/null || return 1
        fingerprint "$@" >"$dir/made-from"
    fi
    ninja -C "$dir" >"$log" 2>&1 </dev/null
}

# Compiles quietly; on failure shows the log and returns 1. Two callers at once take turns.
build() { # name, meson options...
    if ! mkdir -p "$builds" 2>/dev/null || [ ! -w "$builds" ]; then
        fail "can't write to $builds; E1000BENCH_BUILD names another folder"
    fi
    (
        if command -v flock >/dev/null 2>&1; then
            exec 9>"$builds/$1.lock"
            flock 9
        fi
        configure_and_compile "$@" && exit 0
        # A folder that another version of Meson made can't be repaired, only made again.
        if grep -q 'generated with Meson version' "$builds/$1.log" 2>/dev/null; then
            rm -rf "${builds:?}/$1"
            configure_and_compile "$@" && exit 0
        fi
        # Without the steps that went well.
        sed '/^\[[0-9]*\/[0-9]*\] /d' "$builds/$1.log" | tail -n 60 >&2
        exit 1
    )
}
