# SPDX-License-Identifier: Apache-2.0
"""Who is said to have spent the CPU time."""
import unittest

from ringvs_bench.cpu import thread_parts


class Threads(unittest.TestCase):
    def test_of_one_name_count_together_and_the_greatest_come_first(self):
        usage = {"threads": {"C2 Compiler 7": {"ran_ns": 3000}, "flowgen 1": {"ran_ns": 4000},
                             "flowgen 2": {"ran_ns": 2000}, "sink 3": {"ran_ns": 900}}}
        self.assertEqual([("flowgen", 6.0), ("C2 Compiler", 3.0)], list(thread_parts(usage, 1000).items()))


if __name__ == "__main__":
    unittest.main()
