# SPDX-License-Identifier: BSD-2-Clause
"""Wireshark's opinion of the checksums that the chip inserts.

Random packets, sent with legacy checksums, by contexts and by segmentation, are written to a capture
that tshark reads with all checksums verified. Usage: test_tshark.py MAKE-SENDS; prints TAP.
"""

import collections
import os
import subprocess
import sys
import tempfile

SENDS = 10000
SEED = 20
GOOD, BAD = "1", "0"
LAYERS = ("ip", "tcp", "udp")
PREFERENCES = (*(f"{layer}.check_checksum:TRUE" for layer in LAYERS),
               "tcp.analyze_sequence_numbers:FALSE", "tcp.desegment_tcp_streams:FALSE",
               "ip.defragment:FALSE")


def make_sends(program, path, count, spoil=0):
    """Writes a capture. Returns how many frames, and checksums of each layer, it must have."""
    done = subprocess.run([program, path, str(count), str(SEED), str(spoil)],
                          stdout=subprocess.PIPE, text=True, check=True)
    return {name: int(value) for name, value in (word.split("=") for word in done.stdout.split())}


def judge(path):
    """What tshark finds: {layer: Counter of states}, the number of frames, and the odd ones."""
    # What is above TCP and UDP is random, and so are the ports.
    command = ["tshark", "-n", "-r", path, "-d", "tcp.port==0-65535,data",
               "-d", "udp.port==0-65535,data"]
    for preference in PREFERENCES:
        command += ["-o", preference]
    command += ["-T", "fields", "-E", "separator=|", "-e", "frame.number"]
    for layer in LAYERS:
        command += ["-e", f"{layer}.checksum.status"]
    command += ["-e", "_ws.malformed"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"tshark: {done.stderr.strip()}")
    states = {layer: collections.Counter() for layer in LAYERS}
    odd = []
    lines = done.stdout.splitlines()
    for line in lines:
        number, *fields, malformed = line.split("|")
        for layer, state in zip(LAYERS, fields):
            if state:
                states[layer][state] += 1
            if state not in ("", GOOD):
                odd.append((int(number), layer, state))
        if malformed:
            odd.append((int(number), "malformed", malformed))
    return states, len(lines), odd


def all_are_good(program, folder):
    """10,000 sends: every frame came out, every checksum was verified, and none is bad"""
    path = os.path.join(folder, "sends.pcap")
    must = make_sends(program, path, SENDS)
    states, frames, odd = judge(path)
    seen = {"frames": frames, "ipv4": states["ip"][GOOD], "tcp": states["tcp"][GOOD],
            "udp": states["udp"][GOOD]}
    print(f"# {SENDS} sends, {seen}")
    if odd:
        return f"not good: {odd[:10]}"
    if min(must.values()) < SENDS // 10:
        return f"too few of a kind to say anything: {must}"
    return None if seen == must else f"there must be {must}"


def a_spoilt_frame_is_found(program, folder):
    """the judge notices a single changed byte"""
    path = os.path.join(folder, "spoilt.pcap")
    make_sends(program, path, 50, spoil=60)
    _, _, odd = judge(path)
    found = [(number, state) for number, layer, state in odd if layer in ("tcp", "udp")]
    return None if found == [(60, BAD)] and len(odd) == 1 else f"found {odd[:10]}"


def main():
    cases = (a_spoilt_frame_is_found, all_are_good)
    print(f"1..{len(cases)}")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for i, case in enumerate(cases, 1):
            why = case(sys.argv[1], folder)
            print(f"{'not ok' if why else 'ok'} {i} - {case.__doc__}", flush=True)
            if why:
                print(f"# {why}")
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
