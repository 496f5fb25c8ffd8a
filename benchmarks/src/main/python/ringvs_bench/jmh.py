# SPDX-License-Identifier: Apache-2.0
"""JMH's own JSON, as one of our results."""
import time

from .figures import spread


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
        rows.append([key, f"{taken['median']:,.2f} ({taken['min']:,.2f} - {taken['max']:,.2f})", metric["scoreUnit"]])
    return {"title": "Userspace path in memory (JMH)", "command": "jmh", "figures": figures, "charts": [],
            "began": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(path_time)), "load_average": None,
            "machine": {**machine, "java": f"JDK {content[0].get('jdkVersion', 'unknown')}"}, "failures": [],
            "tables": [{"title": "Benchmarks", "heads": ["benchmark", "median (least - greatest)", "unit"],
                        "rows": rows}]}
