# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of the status page share."""

import contextlib
import http.client
import json
import re
import signal
import subprocess
import urllib.parse

from program import PROGRAM, check

# Traffic both ways that ends only by Ctrl-C, in virtual time.
ENDLESS = ["run", "--wire", "gen:count=endless", "--above", "echo", "--promisc"]


@contextlib.contextmanager
def page_of(*arguments):
    """Runs the program with a page; gives the process and its address; ends it by Ctrl-C."""
    process = subprocess.Popen([PROGRAM, *arguments, "--http", "0"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    try:
        line = process.stderr.readline()
        found = re.match(r"status: (http://127\.0\.0\.1:\d+/)$", line)
        check(found, "no address in:", line)
        yield found.group(1)
        check(process.poll() is None, "it ended by itself", process.poll())
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        check(process.returncode == 130 and errors == "", process.returncode, errors)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def ask(address, path, method="GET"):
    """Returns (status, type, text)."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=60)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type"), response.read().decode()
    finally:
        connection.close()


def values(address):
    status, kind, text = ask(address, "/status.json")
    check(status == 200 and kind == "application/json", status, kind)
    return json.loads(text)


def wait_for(address, condition):
    """Asks again until the condition holds of what the page shows."""
    while True:
        shown = values(address)
        if condition(shown):
            return shown
