# SPDX-License-Identifier: BSD-2-Clause
"""Reads and writes packet captures for the tests, without libpcap: a second opinion on ours."""

import gzip
import struct


def _pcap(data):
    magic = data[:4]
    orders = {b"\xd4\xc3\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1000),
              b"\x4d\x3c\xb2\xa1": ("<", 1), b"\xa1\xb2\x3c\x4d": (">", 1)}
    order, unit = orders[magic]
    frames, at = [], 24
    while at + 16 <= len(data):
        seconds, fraction, caplen, length = struct.unpack_from(order + "IIII", data, at)
        at += 16
        if at + caplen > len(data):
            raise ValueError("record cut short at %d" % at)
        frames.append((seconds * 10**9 + fraction * unit, data[at:at + caplen], length))
        at += caplen
    if at != len(data):
        raise ValueError("%d bytes behind the last record" % (len(data) - at))
    return frames


def _pcapng(data):
    frames, at, unit = [], 0, 1000
    order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    while at + 12 <= len(data):
        kind, size = struct.unpack_from(order + "II", data, at)
        body = data[at + 8:at + size - 4]
        if kind == 1:
            option = 8
            while option + 4 <= len(body):
                code, length = struct.unpack_from(order + "HH", body, option)
                if code == 9:
                    unit = 10**9 // 10**body[option + 4]
                option += 4 + (length + 3) // 4 * 4
        if kind == 6:
            _, high, low, caplen, length = struct.unpack_from(order + "IIIII", body)
            frames.append(((high << 32 | low) * unit, body[20:20 + caplen], length))
        at += size
    return frames


def read(path):
    """The frames of a capture: (time in ns, bytes, length on the wire)."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return _pcapng(data) if data[:4] == b"\x0a\x0d\x0d\x0a" else _pcap(data)


def write(path, frames, linktype=1, snaplen=262144):
    """frames: bytes, or (time in ns, bytes, length on the wire). Nanosecond pcap."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, snaplen, linktype))
        for number, frame in enumerate(frames):
            if isinstance(frame, bytes):
                frame = (10**18 + number * 10**6, frame, len(frame))
            time, data, length = frame
            file.write(struct.pack("<IIII", time // 10**9 % 2**32, time % 10**9, len(data), length))
            file.write(data)
