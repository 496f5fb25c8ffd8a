# SPDX-License-Identifier: Apache-2.0
"""Medians with spread, ratios taken within a round, and the two files they are written to."""
import json
import os
import platform
import statistics
import subprocess

from .peers import PEERS

RATIOS = (("ringvs", "c"), ("ringvs", "kernel"), ("c", "kernel"))


def spread(values):
    """Median, least and greatest of some figures, or None when there are none."""
    if not values:
        return None
    return {"median": round(statistics.median(values), 4), "min": round(min(values), 4), "max": round(max(values), 4),
            "count": len(values)}


def summarize(setup, runs):
    """Per number of flows: each peer's rate, and the ratios of runs of the same round."""
    rates = {(run["round"], run["flows"], run["peer"]): run["mpps"] for run in runs if "mpps" in run}
    table = []
    for flows in setup.flows:
        row = {"flows": flows, "mpps": {}, "ratio": {}}
        for peer in setup.peers:
            row["mpps"][peer] = spread([rate for (_, f, p), rate in rates.items() if (f, p) == (flows, peer)])
        for over, under in RATIOS:
            if over in setup.peers and under in setup.peers:
                pairs = [(rates.get((n, flows, over)), rates.get((n, flows, under))) for n in range(1, setup.rounds + 1)]
                row["ratio"][f"{over}/{under}"] = spread([a / b for a, b in pairs if a is not None and b is not None])
        table.append(row)
    return table


def _first_line(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
        return done.stdout.splitlines()[0].strip()
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def machine(repository):
    """Where and of what the figures were taken."""
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        models = [line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")]
    return {"cpu": models[0] if models else platform.machine(), "cores": os.cpu_count(), "kernel": platform.release(),
            "java": _first_line("java", "-version"), "clang": _first_line("clang", "--version"),
            "ringvs": _first_line("git", "-C", repository, "describe", "--always", "--dirty")}


def _cell(figures):
    return "-" if figures is None else f"{figures['median']:.2f} ({figures['min']:.2f} - {figures['max']:.2f})"


def markdown(setup, result):
    """The table a person reads."""
    pairs = list(result["table"][0]["ratio"])
    heads = ["flows"] + [f"{PEERS[peer].label}, Mpps" for peer in setup.peers]
    heads += [" / ".join(PEERS[name].label for name in pair.split("/")) for pair in pairs]
    lines = ["# Forwarding, one director core", "",
             f"{result['began']}, {result['machine']['cpu']}, Linux {result['machine']['kernel']}, "
             f"{result['machine']['java']}, RingVS {result['machine']['ringvs']}. "
             f"Load average before: {result['load_average']:.1f}.", "",
             f"veth, {setup.arms} arm(s), 60-byte {setup.mode.upper() if setup.mode == 'udp' else 'TCP'} frames, flows "
             f"in random order, {setup.rounds} rounds of {setup.seconds:g} s. Median (least - greatest); each ratio "
             "is taken between runs of the same round.", "",
             "| " + " | ".join(heads) + " |", "|" + " ---: |" * len(heads)]
    for row in result["table"]:
        cells = [f"{row['flows']:,}"] + [_cell(row["mpps"][peer]) for peer in setup.peers]
        lines.append("| " + " | ".join(cells + [_cell(row["ratio"][pair]) for pair in pairs]) + " |")
    troubles = [f"* round {run['round']}, {run['flows']:,} flows, {PEERS[run['peer']].label}: "
                + run.get("error", f"{run.get('connections_missing')} connections could not be established")
                for run in result["runs"] if "error" in run or run["connections_missing"]]
    if troubles:
        lines += ["", "## What went wrong", ""] + troubles
    return "\n".join(lines) + "\n"


def write(setup, result, directory):
    """Writes forward.json (with every sample) and forward.md; returns the text of the latter."""
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "forward.json"), "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    text = markdown(setup, result)
    with open(os.path.join(directory, "forward.md"), "w", encoding="utf-8") as file:
        file.write(text)
    return text
