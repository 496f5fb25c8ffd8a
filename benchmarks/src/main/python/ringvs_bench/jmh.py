# SPDX-License-Identifier: Apache-2.0
"""JMH's own JSON, as one of our results; and runs of JMH for others."""
import json
import os
import tempfile
import time

from .figures import spread
from .setup import BENCHMARKS
from .topology import run


def run_jmh(setup, *arguments):
    """Runs benchmarks as `ringvs bench jmh` does; returns the content of JMH's own JSON."""
    with tempfile.TemporaryDirectory(prefix="ringvs-bench-jmh-") as directory:
        path = os.path.join(directory, "jmh.json")
        # this process keeps to one core, which the JVM's compiler and the benchmark would then share
        run("taskset", "-c", ",".join(map(str, setup.cores())), os.path.join(BENCHMARKS, "bin/jmh"),
            *arguments, "-rf", "json", "-rff", path)
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def is_jmh(content):
    """Whether this is what JMH writes with -rf json."""
    return isinstance(content, list) and bool(content) and "primaryMetric" in content[0]


def as_result(content, path_time, machine):
    """A result with a figure and a row for each benchmark; path_time: when it was written, in seconds."""
    figures, rows = {}, []
    for each in content:
        metric = each["primaryMetric"]
        taken = spread([value for fork in metric["rawData"] for value in fork])
        key = "/".join([".".join(each["benchmark"].split(".")[-2:])]
                       + [f"{name}={value}" for name, value in sorted(each.get("params", {}).items())])
        figures[key] = {**taken, "unit": metric["scoreUnit"],
                        "better": "higher" if each["mode"] == "thrpt" else "lower"}
        rows.append([key, f"{taken['median']:,.2f} ({taken['min']:,.2f} - {taken['max']:,.2f})", metric["scoreUnit"],
                     _allocated(each)])
    return {"title": "Userspace path in memory (JMH)", "command": "jmh", "figures": figures, "charts": _charts(content),
            "began": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(path_time)), "load_average": None,
            "machine": {**machine, "java": f"JDK {content[0].get('jdkVersion', 'unknown')}"}, "failures": [],
            "tables": [{"title": "Benchmarks", "heads": ["benchmark", "median (least - greatest)", "unit",
                                                         "bytes allocated per operation"],
                        "rows": rows}]}


def _allocated(each):
    """What -prof gc counted, where it ran."""
    found = [metric["score"] for name, metric in each.get("secondaryMetrics", {}).items()
             if name.endswith("gc.alloc.rate.norm")]
    return f"{found[0]:.3g}" if found else "-"


def _charts(content):
    """A plot over the number of connections for each benchmark that has this parameter, with the others as series."""
    found = {}
    for each in content:
        params = dict(each.get("params", {}))
        if "connections" in params:
            count = params.pop("connections")
            name = ".".join(each["benchmark"].split(".")[-2:])
            series = found.setdefault((name, each["primaryMetric"]["scoreUnit"]), {})
            taken = spread([value for fork in each["primaryMetric"]["rawData"] for value in fork])
            series.setdefault(", ".join(params.values()) or name, {})[count] = taken
    charts = []
    for (name, unit), series in found.items():
        counts = sorted({count for points in series.values() for count in points}, key=int)
        charts.append({"title": name, "x": "connections", "y": unit, "labels": counts, "series": [
            {"name": label, "points": [points.get(count) for count in counts]} for label, points in series.items()]})
    return charts
