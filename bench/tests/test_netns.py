#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The host's own stack above the driver, and wires that lead outside, in network namespaces with
real programs: ping, 100 MB by HTTP, QEMU's network boot.

usage: test_netns.py PROGRAM
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

from namespaces import enter
from program import PROGRAM, check, main, one_line, run, test

MEGABYTES = 100
FILE = "file.bin"
PORT = 8080
LOOPBACK = "127.0.0.1"


# ---- Namespaces ----

def sh(*words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, check=False)
    check(done.returncode == 0, " ".join(words), done.returncode, done.stdout.decode())
    return done.stdout.decode()


class Here:
    """The namespace of the bench."""

    def words(self, *words):
        return list(words)

    def sh(self, *words):
        return sh(*self.words(*words))

    def up(self, name, number):
        self.sh("ip", "addr", "add", "10.9.0.%d/24" % number, "dev", name)
        self.sh("ip", "-6", "addr", "add", "fd09::%d/64" % number, "dev", name, "nodad")
        self.sh("ip", "link", "set", name, "up")

    def link(self, name):
        return json.loads(self.sh("ip", "-j", "link", "show", name))[0]


class There(Here):
    """Another one, as long as a process is in it."""

    def __init__(self):
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 100000"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.sh("ip", "link", "set", "lo", "up")

    def words(self, *words):
        return ["nsenter", "-n", "-t", str(self.holder.pid), *words]

    def take(self, name):
        sh("ip", "link", "set", name, "netns", str(self.holder.pid))

    def close(self):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()


HERE = Here()


@contextlib.contextmanager
def there():
    other = There()
    try:
        yield other
    finally:
        other.close()


# ---- The bench ----

class Bench:
    """The program, running until it is ended."""

    def __init__(self, *arguments):
        self.json = tempfile.mktemp(prefix="netns-", suffix=".json")
        self.process = subprocess.Popen([PROGRAM, "run", "--json", self.json, *arguments],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        line = b""
        while b"Link up" not in line:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError("no link: " + self.process.stderr.read().decode())

    def finish(self):
        """Waits for its end. Returns exit status and what it said on stderr."""
        self.out, err = self.process.communicate(timeout=120)
        return self.process.returncode, err.decode()

    def stop(self):
        """Ends it as Ctrl-C does. Returns the report's ends."""
        self.process.send_signal(signal.SIGINT)
        status, err = self.finish()
        check(status == 130 and err == "", status, err)
        with open(self.json, encoding="utf-8") as stream:
            report = json.load(stream)
        check(report["real_time"] and report["violations"] == 0, report)
        return report["ends"]

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.json)


@contextlib.contextmanager
def bench(*arguments):
    running = Bench(*arguments)
    try:
        yield running
    finally:
        running.close()


# ---- Real programs ----

class File:
    """What is transferred: made once, of bytes that no one could guess."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="netns-")
        hashed = hashlib.sha256()
        with open(os.path.join(self.folder, FILE), "wb") as stream:
            for _ in range(MEGABYTES):
                block = os.urandom(1000000)
                hashed.update(block)
                stream.write(block)
        self.digest = hashed.hexdigest()


def transfer(server, address, client):
    """The server's side has the file, the client's fetches it; it arrives whole."""
    web = subprocess.Popen(
        server.words(sys.executable, "-u", "-m", "http.server", "--bind", "::", "--directory",
                     CONTENT.folder, str(PORT)),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        check(b"Serving" in web.stdout.readline(), "no server")
        curl = subprocess.Popen(
            client.words("curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "200",
                         "http://%s:%d/%s" % (address, PORT, FILE)),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        hashed = hashlib.sha256()
        while block := curl.stdout.read(1 << 16):
            hashed.update(block)
        _, err = curl.communicate()
        check(curl.returncode == 0, "curl:", curl.returncode, err.decode())
        check(hashed.hexdigest() == CONTENT.digest, "the file arrived changed")
    finally:
        web.kill()
        web.communicate()


def ping(mtu):
    """From here to the other side, over IPv4 and IPv6, with the longest packets too."""
    for address, headers in (("10.9.0.2", 28), ("fd09::2", 48)):
        sh("ping", "-n", "-c", "3", "-i", "0.2", "-W", "10", address)
        sh("ping", "-n", "-c", "3", "-i", "0.2", "-W", "10", "-M", "do", "-s", str(mtu - headers), address)


def both_ways(other, mtu):
    ping(mtu)
    transfer(other, "10.9.0.2", HERE)
    transfer(HERE, "[fd09::1]", other)


def segments(end):
    """How many frames on the wire became of one that the host sent."""
    return end["frames_sent"] / end["frames_handed_down"]


# ---- The host's stack above the driver ----

def over_pair(mtu, offload):
    with there() as other, bench("--wire", "pair", "--above", "tap:nic0,offload=" + offload, "--above",
                                 "tap:nic1,offload=" + offload, "--mtu", str(mtu)) as running:
        other.take("nic1")
        other.up("nic1", 2)
        HERE.up("nic0", 1)
        check(HERE.link("nic0")["mtu"] == mtu, HERE.link("nic0"))
        check(HERE.link("nic0")["address"] == "00:0c:29:69:17:26", HERE.link("nic0"))
        both_ways(other, mtu)
        return running.stop()


@test
def a_pair_of_1500_bytes_with_all_offloads():
    for end in over_pair(1500, "on"):
        check(end["frames_sent"] * 1500 > MEGABYTES * 1000000, end)
    check(segments(end) > 1.5, "the host left nothing to be cut:", end)


@test
def a_pair_of_9000_bytes_with_all_offloads():
    over_pair(9000, "on")


@test
def a_pair_with_checksums_alone():
    for end in over_pair(1500, "csum"):
        check(end["frames_sent"] == end["frames_handed_down"], end)


@test
def a_pair_without_offloads():
    for end in over_pair(1500, "off"):
        check(end["frames_sent"] == end["frames_handed_down"], end)


@test
def the_interface_has_a_link_and_goes_with_the_bench():
    with bench("--wire", "loop", "--above", "tap", "--name", "en7") as running:
        sh("ip", "link", "set", "en7", "up")
        sh("sh", "-c", "until ip link show en7 | grep -q LOWER_UP; do :; done")
        running.stop()
    check(subprocess.run(["ip", "link", "show", "en7"], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, check=False).returncode != 0, "en7 is still there")


@test
def a_user_namespace_suffices():
    result = subprocess.run(
        ["unshare", "-rn", PROGRAM, "run", "--wire", "tap", "--above", "tap", "--duration", "1"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    check(result.returncode == 0 and result.stderr == b"", result.stderr)


# ---- Wires ----

def over_tap(mtu):
    with there() as other, bench("--wire", "tap:out0", "--above", "tap:nic0", "--mtu", str(mtu)) as running:
        check(HERE.link("out0")["mtu"] == mtu, HERE.link("out0"))
        other.take("out0")
        other.sh("ip", "link", "set", "out0", "mtu", str(mtu))
        other.up("out0", 2)
        HERE.up("nic0", 1)
        both_ways(other, mtu)
        running.stop()


@test
def a_tap_at_the_wire_of_1500_bytes():
    over_tap(1500)


@test
def a_tap_at_the_wire_of_9000_bytes():
    over_tap(9000)


@contextlib.contextmanager
def veth(mtu):
    """An interface in0 without address, whose other end out0 leaves nothing undone."""
    sh("ip", "link", "add", "in0", "mtu", str(mtu), "type", "veth", "peer", "name", "out0", "mtu", str(mtu))
    try:
        sh("sysctl", "-q", "net.ipv6.conf.in0.disable_ipv6=1")
        sh("ethtool", "-K", "out0", "tso", "off", "gso", "off", "tx", "off")
        sh("ip", "link", "set", "in0", "up")
        yield
    finally:
        subprocess.run(["ip", "link", "del", "in0"], stderr=subprocess.DEVNULL, check=False)


def over_live(mtu):
    with there() as other, veth(mtu), bench("--wire", "live:in0", "--above", "tap:nic0", "--mtu",
                                            str(mtu)) as running:
        other.take("out0")
        other.up("out0", 2)
        HERE.up("nic0", 1)
        both_ways(other, mtu)
        running.stop()


@test
def a_live_interface_of_1500_bytes():
    over_live(1500)


@test
def a_live_interface_of_9000_bytes():
    over_live(9000)


def over_dgram(first, second, mtu):
    options = ["--mtu", str(mtu)]
    with there() as other, \
            bench("--wire", "dgram:%s,%s" % (first, second), "--above", "tap:nic0", *options) as one, \
            bench("--wire", "dgram:%s,%s" % (second, first), "--above", "tap:nic1", "--mac",
                  "00:0c:29:69:17:27", *options) as two:
        other.take("nic1")
        other.sh("ip", "link", "set", "nic1", "mtu", str(mtu))
        other.up("nic1", 2)
        HERE.up("nic0", 1)
        both_ways(other, mtu)
        one.stop()
        two.stop()


@test
def two_benches_join_by_udp():
    over_dgram(LOOPBACK + ":5001", LOOPBACK + ":5002", 1500)


@test
def two_benches_join_by_unix_sockets():
    with tempfile.TemporaryDirectory() as folder:
        over_dgram(folder + "/a", folder + "/b", 9000)
        check(os.listdir(folder) == [], "sockets were left behind")


# ---- QEMU ----

BOOT_MAC = bytes.fromhex("525400123456")
DISCOVER, OFFER, REQUEST = 1, 2, 3


def dhcp_kind(frame):
    """The kind of a DHCP message from the guest, or None."""
    if frame[6:12] != BOOT_MAC or frame[12:14] != b"\x08\0" or frame[36:38] != b"\0\x43":
        return None
    options = frame[42 + 240:]
    while len(options) >= 2 and options[0] != 255:
        if options[0] == 53:
            return options[2]
        options = options[1:] if options[0] == 0 else options[2 + options[1]:]
    return None


def sum16(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def dhcp_offer(discover):
    server, address = socket.inet_aton("10.9.0.1"), socket.inet_aton("10.9.0.77")
    options = b"\x63\x82\x53\x63" + bytes((53, 1, OFFER, 54, 4)) + server + \
        bytes((51, 4, 0, 0, 14, 16, 1, 4, 255, 255, 255, 0, 3, 4)) + server + b"\xff"
    message = b"\x02\x01\x06\0" + discover[46:50] + b"\0\0\x80\0" + bytes(4) + address + server + bytes(4) + \
        BOOT_MAC + bytes(10 + 192) + options
    datagram = struct.pack("!HHHH", 67, 68, 8 + len(message), 0) + message
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0) + server + b"\xff" * 4
    header = header[:10] + struct.pack("!H", sum16(header)) + header[12:]
    return b"\xff" * 6 + bytes.fromhex("000c29691726") + b"\x08\0" + header + datagram


def wait_for(packets, kind):
    """Frames until the guest has sent a DHCP message of that kind."""
    frame = packets.recv(2000)
    while dhcp_kind(frame) != kind:
        frame = packets.recv(2000)
    return frame


@test
def qemu_boots_from_the_network_through_driver_and_chip():
    ends = "local.type=inet,local.host=%s,local.port=5011,remote.type=inet,remote.host=%s,remote.port=5012"
    with bench("--wire", "dgram:%s:5012,%s:5011" % (LOOPBACK, LOOPBACK), "--above", "tap:nic0") as running:
        sh("ip", "link", "set", "nic0", "up")
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as packets:
            packets.bind(("nic0", 0))
            packets.settimeout(120)
            guest = subprocess.Popen(
                ["qemu-system-x86_64", "-accel", "tcg", "-m", "64", "-nodefaults", "-display", "none",
                 "-netdev", "dgram,id=n," + ends % (LOOPBACK, LOOPBACK), "-boot", "n",
                 "-device", "e1000,netdev=n,mac=52:54:00:12:34:56"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            try:
                packets.send(dhcp_offer(wait_for(packets, DISCOVER)))
                # It asks for what was offered: the offer has got there.
                check(b"\x36\x04" + socket.inet_aton("10.9.0.1") in wait_for(packets, REQUEST), "another server")
            finally:
                guest.kill()
                guest.communicate()
        running.stop()


# ---- What goes wrong ----

def fails(*parts, wire="loop", above="sink", program=(), status=3):
    done = subprocess.run([*program, PROGRAM, "run", "--wire", wire, "--above", above, "--duration", "1"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, check=False)
    lines = done.stderr.decode().splitlines()
    check(done.returncode == status, "status", done.returncode, lines)
    check(len(lines) == 1 and lines[0].startswith("e1000bench: run: "), lines)
    for part in parts:
        check(part in lines[0], repr(part), "is not in:", lines[0])


@test
def missing_interfaces_are_told():
    fails("live 'nowhere0'", "no such interface", wire="live:nowhere0")
    one_line(run("run", "--wire", "live"), 2, "'live' needs more: live:IFNAME")
    one_line(run("run", "--wire", "dgram"), 2, "'dgram' needs more: dgram:LOCAL,REMOTE")


@test
def wrong_arguments_are_told():
    one_line(run("run", "--wire", "tap:a/b"), 2, "'a/b'")
    one_line(run("run", "--wire", "tap:a-name-of-sixteen"), 2, "'a-name-of-sixteen'")
    one_line(run("run", "--wire", "loop", "--above", "tap:x,offload=no"), 2, "offload", "'no'", "csum")
    one_line(run("run", "--wire", "loop", "--above", "tap:x,ofload=on"), 2, "'ofload'", "'offload'")
    one_line(run("run", "--wire", "dgram:here"), 2, "'here'", "LOCAL,REMOTE")
    one_line(run("run", "--wire", "dgram:here,there"), 2, "'here'", "HOST:PORT")


@test
def absent_permissions_are_told():
    program = ("setpriv", "--bounding-set=-net_admin,-net_raw")
    fails("'live'", "CAP_NET_RAW", wire="live:lo", program=program, status=2)
    fails("'tap'", "CAP_NET_ADMIN", wire="tap", program=program, status=2)
    fails("'tap'", "CAP_NET_ADMIN", above="tap", program=program, status=2)
    listed = json.loads(subprocess.run([*program, PROGRAM, "list", "--json"], stdout=subprocess.PIPE,
                                       check=True).stdout)
    for column, name, right in (("wire", "live", "CAP_NET_RAW"), ("wire", "tap", "CAP_NET_ADMIN"),
                                ("above", "tap", "CAP_NET_ADMIN")):
        row = next(row for row in listed[column] if row["name"] == name)
        check(not row["usable"] and right in row["why_not"], row)
    for row in json.loads(run("list", "--json").out)["wire"]:
        check(row["usable"], row)


@test
def the_owner_of_a_tap_needs_no_rights():
    program = ("setpriv", "--bounding-set=-net_admin,-net_raw")
    sh("ip", "tuntap", "add", "dev", "own0", "mode", "tap", "user", str(os.getuid()))
    try:
        done = subprocess.run([*program, PROGRAM, "run", "--wire", "loop", "--above", "tap:own0", "--duration", "1"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
        check(done.returncode == 0 and done.stderr == b"", done.stderr)
        check(HERE.link("own0")["address"] == "00:0c:29:69:17:26", HERE.link("own0"))
        fails("tap 'wire0'", "CAP_NET_ADMIN", wire="tap", program=program)
    finally:
        sh("ip", "link", "del", "own0")


@test
def what_is_in_use_is_told():
    with bench("--wire", "tap:busy0", "--above", "sink"):
        fails("tap 'busy0'", "in use", wire="tap:busy0")
        fails("tap 'busy0'", "in use", above="tap:busy0")
    fails("tap 'lo'", "no tap", above="tap:lo")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOOPBACK, 5021))
        fails(LOOPBACK + ":5021", "in use", wire="dgram:%s:5021,%s:5022" % (LOOPBACK, LOOPBACK))
    fails("192.0.2.1:5021", wire="dgram:192.0.2.1:5021,%s:5022" % LOOPBACK)
    fails("/nowhere/a", wire="dgram:/nowhere/a,/nowhere/b")


@test
def an_interface_that_is_down_is_told():
    with veth(1500):
        sh("ip", "link", "set", "in0", "down")
        fails("live 'in0'", "down", wire="live:in0")


def vanishes(running, name, *parts):
    sh("ip", "link", "del", name)
    status, err = running.finish()
    check(status == 3 and len(err.splitlines()) == 1, status, err)
    for part in ("e1000bench: run: ", name, "vanished", *parts):
        check(part in err, repr(part), "is not in:", err)
    check(b"frames arrived" in running.out, "no report")


@test
def interfaces_that_vanish_end_the_run():
    with bench("--wire", "loop", "--above", "tap:gone0") as running:
        vanishes(running, "gone0")
    with bench("--wire", "tap:gone0") as running:
        vanishes(running, "gone0")
    with veth(1500), bench("--wire", "live:in0") as running:
        vanishes(running, "in0")


@test
def a_live_interface_may_go_down_and_up_again():
    with there() as other, veth(1500), bench("--wire", "live:in0", "--above", "tap:nic0") as running:
        other.take("out0")
        other.up("out0", 2)
        HERE.up("nic0", 1)
        sh("ping", "-n", "-c", "1", "-W", "10", "10.9.0.2")
        sh("ip", "link", "set", "in0", "down")
        sh("ip", "link", "set", "in0", "up")
        sh("ping", "-n", "-c", "1", "-w", "20", "10.9.0.2")
        running.stop()


@test
def uncut_packets_on_a_live_interface_are_told():
    with there() as other, veth(1500), bench("--wire", "live:in0", "--above", "tap:nic0") as running:
        other.take("out0")
        other.sh("ethtool", "-K", "out0", "tso", "on", "gso", "on", "tx", "on")
        other.up("out0", 2)
        HERE.up("nic0", 1)
        sender = other.words(sys.executable, "-c", "import socket\n"
                             "s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))\n"
                             "s.bind(('out0', 0))\n"
                             "s.setsockopt(263, 15, 1)\n"  # SOL_PACKET, PACKET_VNET_HDR
                             "h = bytes((1, 1)) + (54).to_bytes(2, 'little') + (1460).to_bytes(2, 'little')\n"
                             "h += (34).to_bytes(2, 'little') + (16).to_bytes(2, 'little')\n"
                             "ip = bytes.fromhex('450078300000400040060000') + bytes((10,9,0,2,10,9,0,1))\n"
                             "tcp = bytes(12) + b'\\x50\\x10' + bytes(6)\n"
                             "s.send(h + b'\\xff' * 6 + bytes(6) + b'\\x08\\0' + ip + tcp + bytes(30728))\n")
        sh(*sender)
        line = running.process.stderr.readline().decode()
        check("live 'in0'" in line and "ethtool -K in0" in line and "30782 bytes" in line, line)
        running.process.send_signal(signal.SIGINT)
        status, err = running.finish()
        check(status == 130 and err == "" and b"dropped 1 " in running.out, status, err, running.out)


enter("n", "ip link set lo up && ip tuntap add dev probe0 mode tap && ip link add type veth",
      "no network namespaces with tap and veth devices")
sh("ip", "link", "set", "lo", "up")
CONTENT = File()
try:
    main()
finally:
    shutil.rmtree(CONTENT.folder)
