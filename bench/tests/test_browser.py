#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The status page, as a browser shows it: headless Chromium lays it out and runs its script, and
what then stands in the document is looked at.

usage: test_browser.py PROGRAM CAPTURES
"""

import html.parser
import re
import shutil
import subprocess
import tempfile

from program import check, main, test
from status_page import ENDLESS, page_of, wait_for


class Document(html.parser.HTMLParser):
    """The cells of table rows by the row's id, texts by id, and the paths of the plots."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.texts, self.paths = {}, {}, {}
        self.row = self.plot = self.named = self.cells = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            self.named = attributes["id"]
        if tag == "svg":
            self.plot = attributes["id"]
        elif tag == "path":
            self.paths[self.plot, attributes["data-line"]] = attributes["d"]
        elif tag == "tr":
            self.cells = self.rows.setdefault(attributes.get("id"), [])
        elif tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag):
        self.named = None
        if tag == "tr":
            self.cells = None

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data
        elif self.named:
            self.texts[self.named] = self.texts.get(self.named, "") + data


def look(address):
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    check(browser, "there is no Chromium; scripts/setup browser installs it")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--user-data-dir=" + folder, "--window-size=1600,1200", "--virtual-time-budget=2000",
             "--dump-dom", address],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            timeout=240, check=False)
    check(done.returncode == 0, done.stderr)
    return Document(done.stdout)


def points(path):
    check(re.fullmatch(r"M[\d.]+ [\d.]+(L[\d.]+ [\d.]+)*", path), path)
    return [tuple(map(float, point.split())) for point in path[1:].split("L")]


@test
def a_browser_shows_live_values_and_a_plot():
    with page_of(*ENDLESS) as address:
        before = wait_for(address, lambda all: len(all["rates"]) >= 3)
        seen = look(address)
        after = wait_for(address, lambda all: True)

        check(seen.texts["title"] == "e1000bench: echo above core on vmware, wire gen", seen.texts["title"])
        check(seen.texts["state"].startswith("running for "), seen.texts["state"])
        check("0 violations" in seen.texts["judge"], seen.texts["judge"])
        end, later = before["ends"][0], after["ends"][0]
        for row, again in zip(end["registers"], later["registers"]):
            cells = seen.rows["end0-registers-" + row["name"]]
            check(cells[:2] == ["0x%05x" % row["offset"], row["name"]], cells)
            if row["name"] in ("RCTL", "TCTL", "RDLEN", "RDBAL", "STATUS", "IMS"):
                check(row["value"] == again["value"] and cells[3] == "0x%08x" % row["value"], cells, row)
        for row in end["counters"]:
            cells = seen.rows["end0-counters-" + row["name"]]
            check(cells[1] == row["name"] and cells[3].isdigit(), cells)
        for name, value in end["traffic"].items():
            shown = int(seen.rows["end0-traffic-" + name.replace(" ", "-")][1])
            check(value <= shown <= later["traffic"][name], name, value, shown, later["traffic"][name])
        for name, value in end["driver"].items():
            check(seen.rows["end0-driver-" + name][1].isdigit(), name)
        for ring in end["rings"]:
            cells = seen.rows["end0-rings-" + ring["name"]]
            check(cells[1] == hex(ring["base"]) and cells[2] == str(ring["length"]), cells, ring)
            check(all(0 <= int(cell) < ring["length"] for cell in cells[3:6]), cells)

        lines = [("frames", "in"), ("frames", "out"), ("bits", "in"), ("bits", "out"), ("interrupts", "interrupts")]
        for plot, line in lines:
            drawn = points(seen.paths["plot-" + plot, line])
            check(len(drawn) >= len(before["rates"]), plot, line, drawn)
            check(all(a[0] < b[0] for a, b in zip(drawn, drawn[1:])), "not from left to right", drawn)
            check(all(70 <= x <= 630.1 and 22 <= y <= 180.1 for x, y in drawn), "outside of the plot", drawn)
            check(min(y for _, y in drawn) < 180, "nothing but zero", drawn)


main()
