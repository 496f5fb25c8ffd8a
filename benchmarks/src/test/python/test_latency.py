# SPDX-License-Identifier: Apache-2.0
"""Pauses: what is told of them."""
import unittest

from ringvs_bench.commands.latency import merge, stays_during


class Stays(unittest.TestCase):
    def test_before_the_loads_do_not_count(self):
        self.assertEqual([(0.001, 5), (0.01, 1)],
                         stays_during({0.001: 10, 0.1: 3}, {0.01: 1, 0.001: 15, 0.1: 3, 1.0: 0}))


class Histograms(unittest.TestCase):
    def test_are_summed_by_bucket(self):
        self.assertEqual([(1, 5), (2, 1)], merge([[(1, 2)], [(1, 3), (2, 1)]]))


if __name__ == "__main__":
    unittest.main()
