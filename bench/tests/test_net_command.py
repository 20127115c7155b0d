#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Commands in a network namespace whose only way out is driver and chip, with slirp behind: real DHCP
clients, ping, names, 100 MB by HTTP each way. All of it in a network of the test's own, with its own
name server.

usage: test_net_command.py PROGRAM BYTES
"""

import ctypes
import hashlib
import http.server
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

from namespaces import enter
from program import PROGRAM, check, main, one_line, run, test

BYTES = int(sys.argv[2])
LOOPBACK = "127.0.0.1"
NAME = "server.bench.test"
GATEWAY, GATEWAY6 = "10.0.2.2", "fd00::2"
NOBODY = 65534
CONTENT = hashlib.shake_256(b"e1000bench").digest(1 << 20)


# ---- A network of our own -----------------------------------------------------------------------


def name_server():
    """Answers who NAME is: the gateway, which is this computer as the command sees it."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((LOOPBACK, 53))
    while True:
        query, client = server.recvfrom(4096)
        end = query.index(b"\0", 12) + 5
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind = struct.unpack_from(">H", query, end - 4)[0]
        known = ".".join(labels).lower() == NAME
        answers = int(known and kind == 1)
        reply = query[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, answers, 0, 0)
        reply += query[12:end]
        if answers:
            reply += struct.pack(">HHHIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton(GATEWAY)
        server.sendto(reply, client)


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass

    def do_GET(self):
        left = int(self.path[1:])
        self.send_response(200)
        self.send_header("Content-Length", str(left))
        self.end_headers()
        while left:
            left -= self.wfile.write(CONTENT[:min(left, len(CONTENT))])

    def do_PUT(self):
        left, digest = int(self.headers["Content-Length"]), hashlib.sha256()
        if self.headers.get("Expect") == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        while left:
            part = self.rfile.read(min(left, 1 << 20))
            digest.update(part)
            left -= len(part)
        text = digest.hexdigest().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def content_digest(length):
    digest = hashlib.sha256()
    for at in range(0, length, len(CONTENT)):
        digest.update(CONTENT[:length - at])
    return digest.hexdigest()


def mount(source, target, kind, flags, data=None):
    libc = ctypes.CDLL(None, use_errno=True)
    text = [word.encode() if word else None for word in (source, target, kind)]
    return libc.mount(*text, ctypes.c_ulong(flags), data.encode() if data else None) == 0


def settle():
    """Loopback, servers, our own resolv.conf, and the program where nobody may run it."""
    global FOLDER, SERVER, ANYBODYS  # pylint: disable=global-statement
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    FOLDER = tempfile.mkdtemp(prefix="e1000bench-")
    os.chmod(FOLDER, 0o755)
    conf = os.path.join(FOLDER, "resolv.conf")
    with open(conf, "w", encoding="ascii") as file:
        file.write(f"nameserver {LOOPBACK}\n")
    if not mount(conf, "/etc/resolv.conf", None, 4096):
        raise OSError("/etc/resolv.conf can't be replaced")
    threading.Thread(target=name_server, daemon=True).start()
    SERVER = http.server.ThreadingHTTPServer((LOOPBACK, 0), Handler)
    threading.Thread(target=SERVER.serve_forever, daemon=True).start()
    ANYBODYS = os.path.join(FOLDER, "e1000bench")
    shutil.copy(PROGRAM, ANYBODYS)
    # Nobody may use tun devices on most systems, not on all.
    if os.stat("/dev/net/tun").st_mode & 0o666 != 0o666 and \
            mount("dev", "/dev/net", "tmpfs", 0, "mode=755"):
        os.umask(0)
        os.mknod("/dev/net/tun", 0o666 | 0o020000, os.makedev(10, 200))
        os.umask(0o022)


# ---- The commands -------------------------------------------------------------------------------

EVERYTHING = """
set -e
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
ip -o addr show dev en0
ping -q -c 2 -W 5 {gateway}
ping -6 -q -c 2 -W 5 {gateway6}
getent ahostsv4 {name}
curl -sSf -o "$d/down" http://{name}:{port}/{bytes}
echo down $(sha256sum <"$d/down")
echo up $(curl -sSf -T "$d/down" http://{name}:{port}/)
"""


def everything_works(*options, user=None, program=None):
    report = os.path.join(FOLDER, "report.json")
    script = EVERYTHING.format(gateway=GATEWAY, gateway6=GATEWAY6, name=NAME, bytes=BYTES,
                               port=SERVER.server_address[1])
    with open(report, "wb"):
        os.chmod(report, 0o666)
    more = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    words = [program or os.path.abspath(PROGRAM), "net", "--json", report, *options]
    done = subprocess.run([*words, "--", "sh", "-c", script], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=300, check=False, cwd="/",
                          **more)
    check(done.returncode == 0, done.returncode, done.stdout, done.stderr)
    digest = content_digest(BYTES)
    lines = done.stdout.splitlines()
    check(f"down {digest} -" in lines, lines)
    check(f"up {digest}" in lines, lines)
    check("inet 10.0.2.15/24" in done.stdout and "inet6 fd00::" in done.stdout, done.stdout)
    check(done.stdout.count("2 packets transmitted, 2 received") == 2, done.stdout)
    check(any(line.startswith(GATEWAY + " ") for line in lines), done.stdout)
    with open(report, encoding="utf-8") as stream:
        result = json.load(stream)
    names = [step["name"] for step in result["steps"]]
    check(names == ["DHCP", "DNS", "IPv6", "sh"], names)
    check(result["passed"] and result["command_status"] == 0, result)
    check(result["steps"][3]["bytes_in"] > BYTES and result["steps"][3]["bytes_out"] > BYTES)
    check(all(f"ok    {name}" in done.stderr for name in names), done.stderr)
    return result, done


@test
def all_works_with_offloads_on_vmware():
    # What TCP leaves to the chip at once comes out as frames: more of them than the host handed over.
    everything_works("--offload", "on")


@test
def all_works_with_offloads_on_silicon():
    everything_works("--profile", "silicon", "--offload", "on")


@test
def all_works_with_checksums_left_to_the_chip_alone():
    everything_works("--offload", "csum")


@test
def all_works_without_offloads():
    everything_works("--offload", "off")


@test
def all_works_for_nobody():
    if os.getuid() != 0 or not os.access("/proc/1/root", os.R_OK):
        return  # already so
    everything_works(user=NOBODY, program=ANYBODYS)


@test
def each_dhcp_client_gets_an_address():
    for client in ("udhcpc", "dhclient"):
        result = run("net", "--dhcp", client, "--", "ip", "-o", "-4", "addr", "show", "dev", "en0")
        check(result.status == 0, result.err)
        check("inet 10.0.2.15/24" in result.out, result.out)
        check(f"by {client}" in result.err, result.err)


@test
def the_host_network_is_out_of_sight():
    result = run("net", "--", "sh", "-c", f"ip -o link; ! curl -sS -m 5 http://{LOOPBACK}:"
                 f"{SERVER.server_address[1]}/1")
    check(result.status == 0, result.err)
    names = [line.split()[1] for line in result.out.splitlines() if line[0].isdigit()]
    check(names == ["lo:", "en0:"], result.out)


@test
def the_status_of_the_command_is_passed_on():
    check(run("net", "--dhcp", "off", "--", "true").status == 0)
    check(run("net", "--dhcp", "off", "--", "sh", "-c", "exit 42").status == 42)
    check(run("net", "--dhcp", "off", "--", "sh", "-c", "kill -KILL $$").status == 137)
    for command, status, why in (("/no/such", 127, "No such file"), ("/etc", 126, "denied")):
        result = run("net", "--dhcp", "off", "--", command)
        check(result.status == status, result.status)
        told = [line for line in result.err.splitlines() if line.startswith("e1000bench: ")]
        check(len(told) == 1 and command in told[0] and why in told[0], result.err)


@test
def its_input_and_output_are_its_own():
    with tempfile.TemporaryFile() as file:
        file.write(b"some words")
        file.seek(0)
        result = run("net", "--dhcp", "off", "--", "cat", stdin=file)
    check(result.status == 0 and result.out == "some words", result.out)


def start(*arguments):
    return subprocess.Popen([PROGRAM, "net", *arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@test
def signals_reach_the_command():
    for number, status in ((signal.SIGTERM, 21), (signal.SIGINT, 22)):
        process = start("--dhcp", "off", "--", "sh", "-c",
                        "trap 'exit 21' TERM; trap 'exit 22' INT; echo ready; "
                        "while :; do sleep 0.05; done")
        check(process.stdout.readline() == "ready\n")
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        check(process.returncode == status, process.returncode, out, err)


@test
def a_signal_while_it_is_set_up_ends_it():
    # Nobody answers DHCP here.
    process = start("--wire", "slirp:dhcp=off,ipv6=on,net6=fd00::/64", "--dhcp", "udhcpc", "--wire",
                    f"dgram:{LOOPBACK}:40001,{LOOPBACK}:40002", "--", "true")
    check("core on" in process.stderr.readline())
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    check(process.returncode == 130, process.returncode)


@test
def nothing_outlives_a_bench_that_is_killed():
    process = start("--dhcp", "off", "--", "sh", "-c", "echo $$; exec sleep 1000")
    pid = int(process.stdout.readline())
    process.kill()
    process.communicate(timeout=60)
    for _ in range(1000):
        if not os.path.exists(f"/proc/{pid}"):
            return
        time.sleep(0.01)
    raise AssertionError("the command still runs")


@test
def forwards_lead_in():
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    process = start("--wire", f"slirp:hostfwd=tcp:{LOOPBACK}:{port}-:7", "--", sys.executable, "-c",
                    "import socket; s = socket.create_server(('', 7)); print('ready', flush=True);"
                    "c = s.accept()[0]; c.sendall(c.recv(100).upper()); c.close()")
    check(process.stdout.readline() == "ready\n")
    with socket.create_connection((LOOPBACK, port), timeout=60) as client:
        client.sendall(b"forwarded")
        check(client.recv(100) == b"FORWARDED")
    process.communicate(timeout=60)
    check(process.returncode == 0)


@test
def a_restricted_network_lets_nothing_out():
    result = run("net", "--wire", "slirp:restrict=on", "--", "curl", "-sS", "-m", "10",
                 f"http://{GATEWAY}:{SERVER.server_address[1]}/1")
    check(result.status in (7, 28), result.status, result.err)


@test
def any_wire_can_be_behind():
    command = "ip addr add 192.0.2.2/24 dev en0; for i in $(seq 200); do " \
              "ping -q -c 1 -W 1 192.0.2.1 && exit 0; done; exit 1"
    process = start("--dhcp", "off", "--wire", "tap:wire7", "--", "sh", "-c", command)
    for _ in range(3000):
        if os.path.exists("/proc/self/net/dev") and "wire7" in open("/proc/self/net/dev").read():
            break
        time.sleep(0.01)
    subprocess.run("ip addr add 192.0.2.1/24 dev wire7 && ip link set wire7 up", shell=True,
                   check=True)
    out, err = process.communicate(timeout=120)
    check(process.returncode == 0, out, err)


@test
def interrupted_by_nothing_but_its_own_end_the_capture_is_whole():
    path = os.path.join(FOLDER, "net.pcap")
    report = os.path.join(FOLDER, "capture.json")
    result = run("net", "--capture", path, "--json", report, "--", "ping", "-q", "-c", "3", "-i",
                 "0.2", GATEWAY)
    check(result.status == 0, result.err)
    import pcapfile  # pylint: disable=import-outside-toplevel
    frames = [data for _, data, _ in pcapfile.read(path)]
    with open(report, encoding="utf-8") as stream:
        total = json.load(stream)["total"]
    check(len(frames) == total["frames_in"] + total["frames_out"], len(frames), total)
    pings = [f for f in frames if f[12:14] == b"\x08\x00" and f[23] == 1]
    check(len(pings) == 6, len(pings))
    dhcp = [f for f in frames if f[12:14] == b"\x08\x00" and f[23] == 17 and
            f[34:38] in (b"\0D\0C", b"\0C\0D")]
    check(len(dhcp) >= 4, "no DISCOVER, OFFER, REQUEST, ACK")


@test
def what_can_not_be_is_told():
    one_line(run("net", "--above", "lwip", "--", "true"), 2, "with a command", "'tap'")
    one_line(run("net", "--wire", "pair", "--", "true"), 2, "'pair'")
    one_line(run("net", "--bytes", "5", "--", "true"), 2, "'--bytes'", "not for commands")
    one_line(run("net", "--offload", "on"), 2, "'--offload'", "for commands")
    one_line(run("net", "--dhcp", "dhcpcd", "--", "true"), 2, "'--dhcp'", "udhcpc")
    one_line(run("net", "--offload", "maybe", "--", "true"), 2, "'--offload'", "'maybe'")
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        one_line(run("net", "--wire", f"slirp:hostfwd=tcp:{LOOPBACK}:{port}-:80", "--", "true"), 3,
                 "Address already in use")


if __name__ == "__main__":
    enter("nm", "ip link set lo up && ip tuntap add dev probe0 mode tap && unshare -rn true",
          "no user and network namespaces with tap devices")
    settle()
    try:
        main()
    finally:
        shutil.rmtree(FOLDER)
