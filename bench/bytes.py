# SPDX-License-Identifier: BSD-2-Clause
"""Turns a file into the initialiser of a C array. usage: bytes.py FILE NAME"""

import sys

with open(sys.argv[1], "rb") as stream:
    data = stream.read()
print("static const unsigned char %s[] = {" % sys.argv[2])
for at in range(0, len(data), 16):
    print("    %s," % ", ".join(str(byte) for byte in data[at:at + 16]))
print("};")
