# SPDX-License-Identifier: Apache-2.0
"""What counts as worse, and the results that are compared."""
import contextlib
import io
import json
import os
import tempfile
import unittest

from ringvs_bench.commands import report
from ringvs_bench.commands.compare import compare, main, worsening
from ringvs_bench.results import Result, load_all

MACHINE = {"cpu": "a CPU", "cores": 2, "kernel": "6.1", "java": "17", "clang": "14", "ringvs": "abc"}


def figure(median, better="higher", unit="Mpps"):
    return {"median": median, "min": median * 0.9, "max": median * 1.1, "count": 3, "unit": unit, "better": better}


class Worsening(unittest.TestCase):
    def test_depends_on_what_is_better(self):
        self.assertAlmostEqual(0.2, worsening(figure(10), figure(8)))
        self.assertAlmostEqual(-0.2, worsening(figure(10), figure(12)))
        self.assertAlmostEqual(0.2, worsening(figure(10, "lower"), figure(12, "lower")))

    def test_from_nothing_to_something_is_endless(self):
        self.assertEqual(float("inf"), worsening(figure(0, "lower"), figure(1, "lower")))
        self.assertEqual(0, worsening(figure(0, "lower"), figure(0, "lower")))

    def test_within_tolerance_is_the_same(self):
        lines, worse = compare({"a": figure(10)}, {"a": figure(9.5)}, 0.1)
        self.assertTrue(lines[0].startswith("same"))
        self.assertEqual(0, worse)

    def test_a_figure_that_is_gone_counts_as_worse(self):
        lines, worse = compare({"a": figure(10)}, {}, 0.1)
        self.assertTrue(lines[0].startswith("MISSING"))
        self.assertEqual(1, worse)


class Folders(unittest.TestCase):
    def write(self, directory, mpps):
        result = Result("A title </script>")
        result.figure("a", {"median": mpps, "min": mpps, "max": mpps, "count": 1}, "Mpps", "higher")
        result.tables.append({"title": "T", "heads": ["what", "Mpps"], "rows": [["a", str(mpps)]]})
        result.charts.append({"title": "T", "x": "x", "y": "y", "labels": ["a"], "series": []})
        result.describe("forward", "today", 0.1, {}, MACHINE)
        return result.write(directory)

    def run_main(self, *arguments):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                status = main(list(arguments))
            except SystemExit as end:
                status = end.code
        return status, output.getvalue()

    def test_exit_status_tells_whether_something_is_worse(self):
        with tempfile.TemporaryDirectory() as before, tempfile.TemporaryDirectory() as after:
            self.write(before, 10)
            self.write(after, 8)
            self.assertEqual(1, self.run_main(before, after)[0])
            self.assertEqual(0, self.run_main(before, after, "--tolerance", "0.3")[0])
            self.assertEqual(0, self.run_main(after, before)[0])

    def test_folders_without_results_are_refused_in_words(self):
        with tempfile.TemporaryDirectory() as empty:
            status, said = self.run_main(empty, empty)
            self.assertEqual(2, status)
            self.assertIn("holds no figures", said)
            self.assertIn("is no folder of results", self.run_main("/nowhere", empty)[1])

    def test_markdown_and_report_hold_the_table(self):
        with tempfile.TemporaryDirectory() as directory:
            self.assertIn("| a | 10 |", self.write(directory, 10))
            with open(os.path.join(directory, "report.html"), encoding="utf-8") as file:
                page = file.read()
            self.assertIn("A title &lt;/script&gt;", page)
            self.assertNotIn("{{", page.split("<script>", maxsplit=1)[0])

    @staticmethod
    def write_as_jmh(directory):
        metric = {"score": 5.0, "scoreUnit": "ns/op", "rawData": [[4.0, 6.0], [5.0, 5.0]]}
        with open(os.path.join(directory, "jmh.json"), "w", encoding="utf-8") as file:
            json.dump([{"benchmark": "io.ringvs.bench.Lookup.hit", "mode": "avgt", "jdkVersion": "17",
                        "params": {"connections": count, "kind": "NAT"}, "primaryMetric": metric,
                        "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 0.001}}} for count in ("1000", "20")],
                      file)

    def test_figures_of_jmh_are_read_too(self):
        with tempfile.TemporaryDirectory() as directory:
            self.write_as_jmh(directory)
            result = load_all(directory)["jmh"]
        self.assertEqual({"median": 5.0, "min": 4.0, "max": 6.0, "count": 4, "unit": "ns/op", "better": "lower"},
                         result["figures"]["Lookup.hit/connections=1000/kind=NAT"])
        self.assertEqual("0.001", result["tables"][0]["rows"][0][-1])
        self.assertEqual(["20", "1000"], result["charts"][0]["labels"])
        self.assertEqual("NAT", result["charts"][0]["series"][0]["name"])

    def test_a_report_is_made_of_what_jmh_wrote(self):
        with tempfile.TemporaryDirectory() as directory, contextlib.redirect_stdout(io.StringIO()):
            self.write_as_jmh(directory)
            self.assertEqual(0, report.main([directory]))
            with open(os.path.join(directory, "jmh.md"), encoding="utf-8") as file:
                self.assertIn(
                    "| Lookup.hit/connections=20/kind=NAT | 5.00 (4.00 - 6.00) | ns/op | 0.001 |", file.read())
            self.assertIn("report.html", os.listdir(directory))

    def test_no_report_is_made_of_nothing(self):
        with tempfile.TemporaryDirectory() as empty, contextlib.redirect_stderr(io.StringIO()) as said:
            with self.assertRaises(SystemExit):
                report.main([empty])
        self.assertIn("holds no results", said.getvalue())


if __name__ == "__main__":
    unittest.main()
