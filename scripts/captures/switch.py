# SPDX-License-Identifier: BSD-2-Clause
"""The wire between the recorded hosts: repeats each frame to all other ports and to the monitor.

  switch.py MONITOR PORT PORT... [--tag VID,PRIORITY]

Virtual interfaces carry frames shorter than Ethernet allows; here they are padded to 60 bytes, as a
NIC does. With --tag the monitor sees what a trunk would carry: every frame with that 802.1Q tag.
Ends on SIGTERM. Prints "ready" when it forwards.
"""

import select
import socket
import struct
import sys

ETH_P_ALL = 3
SHORTEST = 60
LONGEST = 1514


def port(name):
    endpoint = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    endpoint.bind((name, 0))
    return endpoint


def main():
    words = sys.argv[1:]
    tag = b""
    if "--tag" in words:
        at = words.index("--tag")
        vid, priority = (int(number) for number in words[at + 1].split(","))
        tag = struct.pack(">HH", 0x8100, priority << 13 | vid)
        del words[at:at + 2]
    monitor, *ports = [port(name) for name in words]
    print("ready", flush=True)
    while True:
        for source in select.select(ports, [], [])[0]:
            frame, address = source.recvfrom(65536)
            if address[2] == socket.PACKET_OUTGOING:
                continue  # what this program sent
            if len(frame) > LONGEST:
                sys.exit(f"switch: a frame of {len(frame)} bytes: an offload is on")
            frame = frame.ljust(SHORTEST, b"\0")
            for other in ports:
                if other is not source:
                    other.send(frame)
            monitor.send(frame[:12] + tag + frame[12:])


if __name__ == "__main__":
    main()
