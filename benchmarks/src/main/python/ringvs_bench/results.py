# SPDX-License-Identifier: Apache-2.0
"""What a command hands over: figures to compare, tables to read, plots, raw runs; and the files they go to."""
import json
import os
import platform
import subprocess

from . import html, jmh


class Result:
    """One command's results.

    figures: key -> {"median", "min", "max", "count", "unit", "better": "higher" or "lower"}, what `compare` reads.
    tables: {"title", "heads", "rows"}, cells are text; "notes": sentences under it.
    charts: {"title", "x", "y", "labels", "series": [{"name", "points": [{"median", "min", "max"} or None]}]},
    or with "log_x": true and points as (x, y) pairs.
    runs: everything measured; failures: sentences.
    """

    def __init__(self, title):
        self.title = title
        self.figures = {}
        self.tables = []
        self.charts = []
        self.runs = []
        self.failures = []
        self.context = {}

    def figure(self, key, spread, unit, better):
        """Records a figure, if there is one."""
        if spread is not None:
            self.figures[key] = {**spread, "unit": unit, "better": better}

    def fail(self, what, failure):
        """Records that something could not be measured; it is missing from the figures, not averaged into them."""
        self.failures.append(f"{what}: {failure}")

    def describe(self, command, began, load, setup, where):
        """Records what was run, when and where."""
        self.context = {"command": command, "began": began, "load_average": load, "setup": setup, "machine": where}

    def as_json(self):
        return {"title": self.title, **self.context, "figures": self.figures, "tables": self.tables,
                "charts": self.charts, "failures": self.failures, "runs": self.runs}

    def write(self, directory):
        """Writes NAME.json and NAME.md, and report.html of all results in the folder; returns the Markdown."""
        os.makedirs(directory, exist_ok=True)
        base = os.path.join(directory, self.context["command"])
        with open(base + ".json", "w", encoding="utf-8") as file:
            json.dump(self.as_json(), file, indent=1)
        text = markdown(self.as_json())
        with open(base + ".md", "w", encoding="utf-8") as file:
            file.write(text)
        html.write(directory, load_all(directory), heading)
        return text


def load_all(directory):
    """Every command's results in a folder, by the command's name."""
    found = {}
    for name in sorted(os.listdir(directory)):
        if name.endswith(".json"):
            path = os.path.join(directory, name)
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
            if jmh.is_jmh(content):
                found["jmh"] = jmh.as_result(content, os.path.getmtime(path), machine(directory))
            elif isinstance(content, dict) and "figures" in content and "command" in content:
                found[content["command"]] = content
    return found


def cell(figures, digits=2):
    """Median and spread as a table's cell; what so many digits behind the point do not show has two that do."""
    if figures is None:
        return "-"

    def text(value):
        return f"{value:.2g}" if 0 < abs(value) < 10 ** (1 - digits) else f"{value:,.{digits}f}"
    return f"{text(figures['median'])} ({text(figures['min'])} - {text(figures['max'])})"


def heading(result):
    """When, where and of what the figures were taken, in one sentence."""
    where, load = result["machine"], result["load_average"]
    text = (f"{result['began']}, {where['cpu']}, {where['cores']} cores, Linux {where['kernel']}, {where['java']}, "
            f"RingVS {where['ringvs']}.")
    return text if load is None else f"{text} Load average before: {load:.1f}."


def markdown(result):
    """The tables a person reads."""
    lines = [f"# {result['title']}", "", heading(result)]
    for table in result["tables"]:
        lines += ["", f"## {table['title']}", "", "| " + " | ".join(table["heads"]) + " |",
                  "| ---" + " | ---:" * (len(table["heads"]) - 1) + " |"]
        lines += ["| " + " | ".join(row) + " |" for row in table["rows"]]
        for note in table.get("notes", []):
            lines += ["", note]
    if result["failures"]:
        lines += ["", "## What went wrong", ""] + [f"* {failure}" for failure in result["failures"]]
    return "\n".join(lines) + "\n"


def _first_line(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
        lines = [line for line in done.stdout.splitlines() if not line.startswith("Picked up ")]
        return lines[0].strip()
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def machine(repository):
    """Where and of what figures are taken."""
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        models = [line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")]
    return {"cpu": models[0] if models else platform.machine(), "cores": os.cpu_count(), "kernel": platform.release(),
            "java": _first_line("java", "-version"), "clang": _first_line("clang", "--version"),
            "ringvs": _first_line("git", "-C", repository, "describe", "--always", "--dirty")}
