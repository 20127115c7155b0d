# SPDX-License-Identifier: BSD-2-Clause
"""Checks of the tree itself, for runtests.py: each returns (outcome, what it said).

An outcome is "pass", "fail" or "skip"; the first line of a docstring is what the check stands for.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Callable
from xml.etree import ElementTree

import yaml


@dataclass
class Context:
    root: str
    builds: str
    build: Callable


def run(context, command, **more):
    """Runs a command in the tree. Returns (exit status, output)."""
    try:
        done = subprocess.run(command, cwd=context.root, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                              check=False, **more)
    except FileNotFoundError as error:
        return 127, f"{error.filename} is not there"
    return done.returncode, done.stdout


def verdict(status, output):
    return ("pass" if status == 0 else "fail"), output


def tracked(context):
    """The files that git has, or None where this is no checkout. Deleted ones are left out."""
    status, output = run(context, ["git", "-c", "safe.directory=*", "ls-files", "-z"])
    if status != 0:
        return None
    return [path for path in output.split("\0")
            if path and os.path.isfile(os.path.join(context.root, path))]


def sources(context):
    """Every file of the tree, as git lists them, or as found where there is no git."""
    files = tracked(context)
    if files is not None:
        return files
    found = []
    for folder, below, names in os.walk(context.root):
        below[:] = [d for d in below if not d.startswith((".git", "build"))]
        found += [os.path.relpath(os.path.join(folder, n), context.root) for n in names]
    return found


def gcc_build(context):
    # With link-time optimisation part of the warnings come from the linker's run of the compiler.
    return context.build("gcc", ["-Dbuildtype=release", "-Db_lto=true", "-Dwerror=true",
                                 "-Dc_link_args=-Werror", "-Dtests=enabled", "-Dbench=enabled"],
                         {"CC": "gcc"})


def warnings_gcc(context):
    """builds without warnings with gcc, as released, tests included"""
    well, said = gcc_build(context)
    return ("pass" if well else "fail"), said


def warnings_clang(context):
    """builds without warnings with clang, tests included"""
    well, said = context.build("clang", ["-Dbuildtype=debugoptimized", "-Dwerror=true",
                                         "-Dtests=enabled", "-Dbench=enabled"], {"CC": "clang"})
    return ("pass" if well else "fail"), said


def c_format(context):
    """C sources are formatted by .clang-format"""
    files = [f for f in sources(context) if f.endswith((".c", ".h"))]
    if not files:
        return "fail", "there are no C sources"
    status, output = run(context, ["clang-format", "--dry-run", "-Werror", *files])
    places = re.findall(r"^(\S+?:\d+):\d+: error:", output, re.M)
    return verdict(status, "\n".join(f"{place}: not as clang-format -i has it"
                                     for place in dict.fromkeys(places)) or output)


def manual(context):
    """the manual page is well formed"""
    pages = [f for f in sources(context) if re.search(r"\.[1-9]$", f)]
    if not pages:
        return "fail", "there is no manual page"
    return verdict(*run(context, ["mandoc", "-Tlint", "-Wwarning", *pages]))


def shell(context):
    """shellcheck finds nothing in the shell scripts"""
    scripts = []
    for path in sources(context):
        with open(os.path.join(context.root, path), "rb") as file:
            if re.match(rb"#! ?/bin/(ba)?sh|#! ?/usr/bin/env (ba)?sh", file.readline()):
                scripts.append(path)
    return verdict(*run(context, ["shellcheck", "-x", "scripts/lib.sh", *sorted(scripts)]))


def captures(context):
    """captures/: each is listed, is as listed, and the made ones come out the same again"""
    return verdict(*run(context, [sys.executable, "-B", "scripts/captures/check.py"]))


def setup_is_quick(context):
    """scripts/setup says nothing when nothing is missing"""
    status, output = run(context, ["scripts/setup", "test"])
    return verdict(1 if output else status, output)


# Written so that this file does not find itself.
FORBIDDEN = [
    (re.compile(r"/wor[k]/|/hom[e]/[a-z]|/roo[t]/|/Users[/]|/tmp/bash_job[s]"), "a path of one machine"),
    (re.compile(r"https?://(localhost|127\.(?!0\.0\.1:[%{])|10\.|192\.168\.|[\w.-]*(artifactor[y]|nexu[s]|registr[y]|"
                r"packag[e]s?|mirro[r]|prox[y]|pyp[i]|snapsho[t])[\w-]*\.)", re.I), "a package host"),
    (re.compile(r"deb\.debia[n]\.org|pythonhoste[d]\.org|crate[s]\.io|npmj[s]\."), "a package host"),
    (re.compile(r"^(<{7} |>{7} |={7}$)", re.M), "a merge conflict"),
]
GENERATED = re.compile(r"(^|/)(build[^/]*|__pycache__|meson-logs|\.cache)/|(^|/)compile_commands\.json$|"
                       r"\.(o|a|so|gcda|gcno|gcov|pyc|swp|orig|rej|log|exe)$|~$")
BINARY_MAGIC = (b"\x7fELF", b"!<arch>\n", b"\xcf\xfa\xed\xfe", b"MZ\x90")
LARGEST_FILE = 2 << 20


def tree(context):
    """git holds no generated file, machine's path or package host"""
    files = tracked(context)
    if files is None:
        return "skip", "not a git checkout"
    faults = []
    for path in files:
        full = os.path.join(context.root, path)
        with open(full, "rb") as file:
            content = file.read()
        if GENERATED.search(path) or content.startswith(BINARY_MAGIC):
            faults.append(f"{path}: a generated file")
        if len(content) > LARGEST_FILE:
            faults.append(f"{path}: {len(content)} bytes, more than {LARGEST_FILE}")
        if b"\0" in content:
            continue
        text = content.decode("utf-8", "replace")
        for pattern, what in FORBIDDEN:
            hit = pattern.search(text)
            if hit:
                line = text.count("\n", 0, hit.start()) + 1
                faults.append(f"{path}:{line}: {what}: {hit.group(0)}")
    return verdict(len(faults), "\n".join(faults))


def licence(context):
    """each source file begins with its licence"""
    faults = []
    for path in sources(context):
        if not path.endswith((".c", ".h", ".py", ".sh")):
            continue
        with open(os.path.join(context.root, path), encoding="utf-8", errors="replace") as file:
            if "SPDX-License-Identifier: BSD-2-Clause" not in file.readline() + file.readline():
                faults.append(path)
    return verdict(len(faults), "\n".join(f"{path}: no SPDX line at the top" for path in faults))


def independence(context):
    """driver/ and emu/ include nothing of each other or of bench/"""
    faults = []
    for path in sources(context):
        part = path.split("/")[0]
        if part not in ("driver", "emu") or not path.endswith((".c", ".h")) or "/tests/" in path:
            continue
        others = r"e1000emu|emu/" if part == "driver" else r"e1000_(core|dev|hw)\.h|driver/"
        with open(os.path.join(context.root, path), encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if re.match(rf'\s*#\s*include\s*["<][^">]*({others}|bench/)', line):
                    faults.append(f"{path}:{number}: {line.strip()}")
    return verdict(len(faults), "\n".join(faults))


def moved(context):
    """scripts/run builds and runs in a path with spaces, and again after a move"""
    files = sources(context)
    with tempfile.TemporaryDirectory(prefix="e1000bench ") as place:
        first, second = os.path.join(place, "a tree"), os.path.join(place, "moved tree")
        for path in files:
            target = os.path.join(first, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(os.path.join(context.root, path), target)
        environment = {k: v for k, v in os.environ.items() if k != "E1000BENCH_BUILD"}
        for folder in (first, second):
            if folder == second:
                os.rename(first, second)
            done = subprocess.run([os.path.join(folder, "scripts", "run"), "--version"], cwd=place,
                                  env=environment, stdin=subprocess.DEVNULL, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            if done.returncode != 0 or done.stderr or not done.stdout.strip():
                return "fail", f"in {folder}: exit status {done.returncode}\n{done.stdout}{done.stderr}"
    return "pass", ""


def valgrind(context):
    """valgrind finds nothing while captures are replayed"""
    well, said = gcc_build(context)
    if not well:
        return "fail", said
    program = os.path.join(context.builds, "gcc", "bench", "e1000bench")
    memcheck = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full",
                "--show-leak-kinds=all", "--errors-for-leak-kinds=all",
                "--suppressions=scripts/valgrind.supp", program]
    runs = [["run"], ["replay", "captures/http.pcap", "--direction", "split", "--out", "/dev/null"],
            ["replay", "captures/sizes.pcap", "--promisc", "--rate", "line", "--json", "-"],
            ["replay", "captures/jumbo.pcap", "--direction", "tx", "--buffer", "256"],
            ["replay", "captures/README.md"], ["probe", "--profile", "silicon", "--eerd"]]
    for arguments in runs:
        status, output = run(context, [*memcheck, *arguments])
        if status == 99 or "==" in output:
            return "fail", " ".join(arguments) + "\n" + output
    return "pass", ""


def watch_cost(context):
    """trace and checker cost less than one percent of a frame's instructions while nobody watches"""
    return verdict(*run(context, ["scripts/watch-cost", "--limit", "1"]))


def threads(context):
    """ThreadSanitizer finds nothing in the tests with threads"""
    well, said = context.build("threads", ["-Dbuildtype=debugoptimized", "-Db_sanitize=thread",
                                           "-Db_lundef=false", "-Dtests=enabled", "-Dbench=enabled"])
    if not well:
        return "fail", said
    folder = os.path.join(context.builds, "threads")
    # The sanitizer's shadow needs an address space that isn't shuffled too much.
    status, output = run(context, ["setarch", "-R", "meson", "test", "-C", folder, "--no-rebuild",
                                   "--suite", "threads", "--print-errorlogs"],
                         env=dict(os.environ, TSAN_OPTIONS="halt_on_error=1 exitcode=66"))
    if "Ok: " in output and not re.search(r"^Ok: +[1-9]", output, re.M):
        return "fail", "no test ran\n" + output
    return verdict(status, output)


USER = """
#include <e1000_core.h>
#include <e1000emu.h>
#include <stdio.h>

static void interrupt(void *opaque, bool asserted) { (void)opaque; (void)asserted; }
static size_t transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{ (void)opaque; (void)frames; return count; }

int main(void)
{
    const struct e1000emu_config config = {.host = {.interrupt = interrupt, .transmit = transmit}};
    struct e1000_params params;
    e1000emu *chip;

    e1000_params_init(&params);
    if (e1000emu_create(&chip, &config) != 0)
        return 1;
    printf("%04x %u\\n", e1000emu_config_read(chip, 2, 2), (unsigned)params.rx_ring);
    e1000emu_destroy(chip);
    return 0;
}
"""


def install(context):
    """what meson install puts in place is found by pkg-config, compiles, links and runs"""
    well, said = gcc_build(context)
    if not well:
        return "fail", said
    with tempfile.TemporaryDirectory(prefix="e1000bench-") as place:
        status, output = run(context, ["meson", "install", "-C", os.path.join(context.builds, "gcc"),
                                       "--no-rebuild", "--destdir", place])
        if status != 0:
            return "fail", output
        paths = {os.path.relpath(os.path.join(folder, name), place)
                 for folder, _, names in os.walk(place) for name in names}
        wanted = ["bin/e1000bench", "include/e1000emu.h", "include/e1000_core.h",
                  "include/e1000_dev.h", "include/e1000_hw.h", "man/man1/e1000bench.1",
                  "e1000bench/captures/http.pcap", "libe1000emu.", "libe1000core.",
                  "pkgconfig/e1000emu.pc", "pkgconfig/e1000core.pc"]
        missing = [w for w in wanted if not any(w in path for path in paths)]
        if missing:
            return "fail", "not installed: " + ", ".join(missing)
        pc_folder = next(os.path.dirname(p) for p in paths if p.endswith("e1000emu.pc"))
        environment = dict(os.environ, PKG_CONFIG_SYSROOT_DIR=place,
                           PKG_CONFIG_PATH=os.path.join(place, pc_folder))
        status, flags = run(context, ["pkg-config", "--cflags", "--libs", "e1000emu", "e1000core"],
                            env=environment)
        if status != 0:
            return "fail", flags
        source, program = os.path.join(place, "user.c"), os.path.join(place, "user")
        with open(source, "w", encoding="utf-8") as file:
            file.write(USER)
        status, output = run(context, ["gcc", "-flto", source, "-o", program, *shlex.split(flags)])
        if status == 0:
            status, output = run(context, [program])
        if status != 0 or output != "100f 256\n":
            return "fail", output
    return "pass", ""


def workflow(context):
    """what scripts/ci/regression.yml runs, run as written: each part, then the merging"""
    with open(os.path.join(context.root, "scripts", "ci", "regression.yml"), encoding="utf-8") as file:
        jobs = yaml.safe_load(file)["jobs"]
    parts = jobs["check"]["strategy"]["matrix"]["part"]
    commands = [step["run"].replace("${{ matrix.part }}", str(part))
                for part in parts for step in jobs["check"]["steps"] if "run" in step]
    commands += [step["run"] for step in jobs["verdict"]["steps"] if "run" in step]
    with tempfile.TemporaryDirectory(prefix="e1000bench-") as project:
        os.symlink(context.root, os.path.join(project, "e1000bench"))
        for command in commands:
            done = subprocess.run(["sh", "-e", "-c", command], cwd=project, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, errors="replace", check=False,
                                  env=dict(os.environ, E1000BENCH_BUILD=context.builds))
            if done.returncode != 0:
                return "fail", command + done.stdout
        if "${{" in "".join(commands) or len(commands) != len(parts) + 1:
            return "fail", "the workflow has other steps than this check knows"
        results = ElementTree.parse(os.path.join(project, "regression.xml")).getroot()
        played = len(results.findall(".//testcase"))
        if played < 120 or results.findall(".//failure"):
            return "fail", f"{played} scenarios in the merged result"
    return "pass", ""


ALL = {
    "setup": setup_is_quick,
    "tree": tree,
    "licence": licence,
    "independence": independence,
    "format": c_format,
    "manual": manual,
    "shell": shell,
    "captures": captures,
    "clang": warnings_clang,
    "gcc": warnings_gcc,
    "threads": threads,
    "valgrind": valgrind,
    "watch-cost": watch_cost,
    "install": install,
    "moved": moved,
    "workflow": workflow,
}
