# SPDX-License-Identifier: BSD-2-Clause
"""A fuzz target's corpus between a folder of inputs and the file that git has: a line of hexadecimal
digits for each input, in order of length, so that a change of one shows as a change of a line.

  corpus.py pack FOLDER FILE
  corpus.py unpack FILE FOLDER
"""

import hashlib
import os
import sys


def pack(folder, file):
    inputs = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as stream:
            inputs.add(stream.read())
    lines = [data.hex() for data in sorted(inputs, key=lambda data: (len(data), data)) if data]
    with open(file, "w", encoding="ascii") as stream:
        stream.writelines(line + "\n" for line in lines)


def unpack(file, folder):
    os.makedirs(folder, exist_ok=True)
    with open(file, encoding="ascii") as stream:
        for line in stream:
            data = bytes.fromhex(line.strip())
            with open(os.path.join(folder, hashlib.sha1(data).hexdigest()), "wb") as out:
                out.write(data)


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("pack", "unpack"):
        sys.exit(__doc__)
    {"pack": pack, "unpack": unpack}[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
