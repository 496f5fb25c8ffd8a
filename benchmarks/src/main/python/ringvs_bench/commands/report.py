# SPDX-License-Identifier: Apache-2.0
"""Makes report.html of all results in a folder, and the Markdown table of JMH's, which JMH itself does not write."""
import argparse
import os

from .. import html
from ..results import heading, load_all, markdown


def main(arguments):
    made = argparse.ArgumentParser(prog="ringvs bench report", description=__doc__)
    made.add_argument("folder", help="results folder")
    folder = made.parse_args(arguments).folder
    found = load_all(folder) if os.path.isdir(folder) else {}
    if not found:
        made.error(f"{folder} holds no results")
    if "jmh" in found:
        with open(os.path.join(folder, "jmh.md"), "w", encoding="utf-8") as file:
            file.write(markdown(found["jmh"]))
    html.write(folder, found, heading)
    print(os.path.join(folder, "report.html"))
    return 0
