# SPDX-License-Identifier: Apache-2.0
"""Holds the figures of two result folders against each other; exit status 1 when one of the second is worse."""
import argparse
import fnmatch
import os
import sys

from ..results import load_all


def main(arguments):
    made = argparse.ArgumentParser(prog="ringvs bench compare", description=__doc__)
    made.add_argument("before", help="results folder")
    made.add_argument("after", help="results folder")
    made.add_argument("--tolerance", type=_share, default=0.1,
                      help="how much worse a median may be, as a share: 0.1 is 10 %% (%(default)s)")
    made.add_argument("--only", default="*", metavar="PATTERN",
                      help="figures whose key matches, such as 'forward/dr/*/ringvs/*'")
    setup = made.parse_args(arguments)
    before, after = (_figures(made, folder, setup.only) for folder in (setup.before, setup.after))
    if not before:
        made.error(f"{setup.before} holds no figures that match {setup.only}")
    lines, worse = compare(before, after, setup.tolerance)
    print("\n".join(lines))
    print(f"{len(before)} figures, {worse} worse by more than {setup.tolerance:.0%} or missing", file=sys.stderr)
    return 1 if worse else 0


def _share(text):
    value = float(text)
    if not 0 <= value < 100:
        raise argparse.ArgumentTypeError("must be a share such as 0.1")
    return value


def _figures(made, folder, pattern):
    if not os.path.isdir(folder):
        made.error(f"{folder} is no folder of results")
    return {f"{command}/{key}": figure for command, result in load_all(folder).items()
            for key, figure in result["figures"].items() if fnmatch.fnmatch(f"{command}/{key}", pattern)}


def worsening(before, after):
    """By what share `after` is worse than `before`; negative when it is better."""
    change = after["median"] - before["median"]
    if before["better"] == "higher":
        change = -change
    if before["median"] == 0:
        return float("inf") if change > 0 else 0.0
    return change / before["median"]


def compare(before, after, tolerance):
    """Lines for a person, and how many figures are worse or missing."""
    lines, worse = [], 0
    for key, old in before.items():
        new = after.get(key)
        if new is None:
            verdict, worse = "MISSING", worse + 1
            lines.append(f"{verdict:9} {key}: {old['median']:g} {old['unit']} before, not measured after")
            continue
        change = worsening(old, new)
        verdict = "WORSE" if change > tolerance else "better" if change < -tolerance else "same"
        worse += verdict == "WORSE"
        apart = new["max"] < old["min"] or new["min"] > old["max"]
        lines.append(f"{verdict:9} {key}: {old['median']:g} -> {new['median']:g} {old['unit']}, "
                     f"spreads {'apart' if apart else 'overlap'}")
    return lines, worse
