# SPDX-License-Identifier: Apache-2.0
"""What is made of readings of user-mode Linux and of RingVS in memory."""
import unittest
from types import SimpleNamespace

from ringvs_bench import native
from ringvs_bench.results import Result

NS = {("receive", 1000): 100, ("forward", 1000): 200, ("dr", 1000): 400, ("tun", 1000): 450, ("nat", 1000): 440}
IN_MEMORY = {("ringvs-ringsOnly", 1000): 7, ("ringvs-dr", 1000): 37, ("ringvs-tun", 1000): 47,
             ("ringvs-nat", 1000): 41, ("ringvs-open", 0): 300}


class Tables(unittest.TestCase):
    def setUp(self):
        kept = native.run_user_mode_linux, native._in_memory, native.say
        self.addCleanup(lambda: vars(native).update(zip(("run_user_mode_linux", "_in_memory", "say"), kept)))
        native.run_user_mode_linux = lambda *_: ([(what, flows, 1000 / ns) for (what, flows), ns in NS.items()], "6.1")
        native._in_memory = lambda setup, flows: IN_MEMORY if flows else {}
        self.result = Result("")

    def measure(self, flows):
        native.measure_natively(SimpleNamespace(rounds=2, uml_flows=flows, uml_frames=1), self.result, 20)

    def test_subtract_what_is_not_the_directors(self):
        self.measure([1000])
        self.assertAlmostEqual(300, self.result.figures["uml/dr/1000-flows/ns"]["median"])
        self.assertAlmostEqual(30, self.result.figures["native/dr/1000-flows/ringvs_ns"]["median"])
        self.assertAlmostEqual(10, self.result.figures["native/dr/1000-flows/ipvs:ringvs"]["median"])
        self.assertEqual(["DR, 1,000 flows", "30 (30 - 30)", "300 (300 - 300)", "10.0 (10.0 - 10.0)"],
                         self.result.tables[1]["rows"][0])

    def test_leave_out_new_connections_too_few_to_be_timed(self):
        self.measure([1000])
        self.assertNotIn("native/new-dr/ringvs_ns", self.result.figures)


if __name__ == "__main__":
    unittest.main()
