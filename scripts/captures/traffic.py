# SPDX-License-Identifier: BSD-2-Clause
"""The programs that talk while captures are recorded.

  traffic.py udp-echo PORT                      sends datagrams back (IPv4 and IPv6), until killed
  traffic.py udp-ask ADDRESS PORT SIZE...       sends datagrams of these sizes and checks the echoes
  traffic.py tcp-echo PORT                      sends bytes back as they come, until killed
  traffic.py tcp-ask ADDRESS PORT COUNT         COUNT small messages, each its own segment
  traffic.py mdns-answer ADDRESS NAME           answers multicast DNS for NAME.local, until killed
  traffic.py mdns-ask ADDRESS NAME              asks for it, by IPv4 and by IPv6
"""

import socket
import struct
import sys

PATIENCE = 5
INTERFACE = "eth0"
MDNS_PORT = 5353
MDNS_GROUP, MDNS_GROUP6 = "224.0.0.251", "ff02::fb"


def pattern(size):
    """size bytes that show where a fragment belongs: words that count up."""
    return b"".join(struct.pack(">H", i) for i in range(size // 2 + 1))[:size]


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def listener(kind, number):
    endpoint = socket.socket(socket.AF_INET6, kind)
    endpoint.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    endpoint.bind(("::", number))
    return endpoint


def udp_echo(number):
    endpoint = listener(socket.SOCK_DGRAM, int(number))
    while True:
        data, peer = endpoint.recvfrom(65536)
        endpoint.sendto(data, peer)


def udp_ask(address, number, *sizes):
    endpoint = socket.socket(family(address), socket.SOCK_DGRAM)
    endpoint.settimeout(PATIENCE)
    endpoint.connect((address, int(number)))
    for size in map(int, sizes):
        endpoint.send(pattern(size))
        if endpoint.recv(65536) != pattern(size):
            sys.exit(f"udp-ask: the echo of {size} bytes differs")


def tcp_echo(number):
    endpoint = listener(socket.SOCK_STREAM, int(number))
    endpoint.listen()
    while True:
        peer, _ = endpoint.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with peer:
            while data := peer.recv(4096):
                peer.sendall(data)


def tcp_ask(address, number, count):
    endpoint = socket.create_connection((address, int(number)), PATIENCE)
    endpoint.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for i in range(int(count)):
        message = pattern(1 + i % 64)
        # Some in bursts, so that more than one segment is under way.
        burst = 1 + i % 4
        for _ in range(burst):
            endpoint.sendall(message)
        answer = b""
        while len(answer) < burst * len(message):
            answer += endpoint.recv(4096) or sys.exit("tcp-ask: the peer closed")
        if answer != burst * message:
            sys.exit("tcp-ask: the echo differs")
    endpoint.close()


def mdns_name(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in (name, "local")) + b"\0"


def mdns_sockets(address):
    """One socket for each IP version, member of the group. IPv4 goes by this host's address."""
    index = socket.if_nametoindex(INTERFACE)
    v4 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    v4.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    v4.bind(("", MDNS_PORT))
    v4.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
    v4.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
    v4.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    v4.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                  socket.inet_aton(MDNS_GROUP) + socket.inet_aton(address))
    v6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    v6.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    v6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    v6.bind(("::", MDNS_PORT))
    v6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    v6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    v6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    v6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                  socket.inet_pton(socket.AF_INET6, MDNS_GROUP6) + struct.pack("@I", index))
    v4.settimeout(PATIENCE)
    v6.settimeout(PATIENCE)
    return (v4, (MDNS_GROUP, MDNS_PORT)), (v6, (MDNS_GROUP6, MDNS_PORT, 0, index))


def mdns_answer(address, name):
    from select import select
    pairs = mdns_sockets(address)
    record = mdns_name(name) + struct.pack(">HHIH", 1, 0x8001, 120, 4) + socket.inet_aton(address)
    answer = struct.pack(">HHHHHH", 0, 0x8400, 0, 1, 0, 0) + record
    while True:
        ready = select([endpoint for endpoint, _ in pairs], [], [])[0]
        for endpoint, group in pairs:
            if endpoint in ready and mdns_name(name) in endpoint.recv(9000):
                endpoint.sendto(answer, group)


def mdns_ask(address, name):
    for endpoint, group in mdns_sockets(address):
        question = mdns_name(name) + struct.pack(">HH", 1, 1)
        endpoint.sendto(struct.pack(">HHHHHH", 0, 0, 1, 0, 0, 0) + question, group)
        while mdns_name(name) not in endpoint.recv(9000):
            pass


def main():
    tasks = {f.__name__.replace("_", "-"): f
             for f in (udp_echo, udp_ask, tcp_echo, tcp_ask, mdns_answer, mdns_ask)}
    if len(sys.argv) < 2 or sys.argv[1] not in tasks:
        sys.exit(__doc__)
    try:
        tasks[sys.argv[1]](*sys.argv[2:])
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error}")


if __name__ == "__main__":
    main()
