# SPDX-License-Identifier: BSD-2-Clause
"""Reading and writing capture files: classic pcap, pcapng, either of them gzipped."""

import gzip
import struct
import sys

ETHERNET = 1
MAGICS = {0xA1B2C3D4: "pcap", 0xA1B23C4D: "pcap, nanoseconds"}
SECTION, INTERFACE, SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 3, 6


class Capture:
    """What a file holds: format is a phrase, frames is a list of (captured bytes, original length)."""

    def __init__(self, phrase, frames):
        self.format = phrase
        self.frames = frames


def read(path):
    """Reads a whole file. Raises ValueError when it is not a capture of Ethernet frames."""
    with open(path, "rb") as file:
        data = file.read()
    suffix = ""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
        suffix = ", gzip"
    if len(data) < 24:
        raise ValueError(f"{path}: too short for a capture")
    if struct.unpack_from("<I", data)[0] == SECTION:
        return Capture("pcapng" + suffix, list(pcapng_frames(path, data)))
    for order, phrase in (("<", ""), (">", ", big-endian")):
        magic = struct.unpack_from(order + "I", data)[0]
        if magic in MAGICS:
            return Capture(MAGICS[magic] + phrase + suffix, list(pcap_frames(path, data, order)))
    raise ValueError(f"{path}: not a capture")


def pcap_frames(path, data, order):
    if struct.unpack_from(order + "I", data, 20)[0] != ETHERNET:
        raise ValueError(f"{path}: not Ethernet")
    at = 24
    while at < len(data):
        if at + 16 > len(data):
            raise ValueError(f"{path}: ends within a record")
        captured, original = struct.unpack_from(order + "II", data, at + 8)
        at += 16
        if at + captured > len(data):
            raise ValueError(f"{path}: ends within a frame")
        yield data[at:at + captured], original
        at += captured


def pcapng_frames(path, data):
    order, at = "<", 0
    while at < len(data):
        if at + 12 > len(data):
            raise ValueError(f"{path}: ends within a block")
        kind, length = struct.unpack_from(order + "II", data, at)
        if kind == SECTION:
            order = "<" if struct.unpack_from("<I", data, at + 8)[0] == 0x1A2B3C4D else ">"
            length = struct.unpack_from(order + "I", data, at + 4)[0]
        if length < 12 or at + length > len(data):
            raise ValueError(f"{path}: a block of {length} bytes")
        if kind == INTERFACE and struct.unpack_from(order + "H", data, at + 8)[0] != ETHERNET:
            raise ValueError(f"{path}: not Ethernet")
        if kind == SIMPLE:
            raise ValueError(f"{path}: simple packet blocks are not read")
        if kind == ENHANCED:
            captured, original = struct.unpack_from(order + "II", data, at + 20)
            yield data[at + 28:at + 28 + captured], original
        at += length


def write_pcap(path, frames, snap=262144, order="<"):
    """Writes (nanoseconds, bytes, original length) as a classic pcap with microseconds."""
    with open(path, "wb") as file:
        file.write(struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snap, ETHERNET))
        for when, data, original in frames:
            seconds, rest = divmod(when, 10**9)
            file.write(struct.pack(order + "IIII", seconds, rest // 1000, len(data), original))
            file.write(data)


# Options that name the recording machine: shb_hardware, shb_os; if_os, if_hardware.
MACHINE_OPTIONS = {SECTION: (24, (2, 3)), INTERFACE: (16, (12, 15))}


def forget_machine(path):
    """Removes from a pcapng which machine and system recorded it."""
    with open(path, "rb") as file:
        data = file.read()
    if struct.unpack_from("<I4xI", data) != (SECTION, 0x1A2B3C4D):
        raise ValueError(f"{path}: not a little-endian pcapng")
    kept, at = b"", 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        start, unwanted = MACHINE_OPTIONS.get(kind, (length - 4, ()))
        body, option = data[at + 8:at + start], at + start
        while option < at + length - 4:
            code, size = struct.unpack_from("<HH", data, option)
            whole = 4 + (size + 3) // 4 * 4
            if code not in unwanted:
                body += data[option:option + whole]
            option += whole
        total = struct.pack("<I", 12 + len(body))
        kept += struct.pack("<I", kind) + total + body + total
        at += length
    with open(path, "wb") as file:
        file.write(kept)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "forget-machine":
        sys.exit("files.py forget-machine FILE")
    forget_machine(sys.argv[2])
