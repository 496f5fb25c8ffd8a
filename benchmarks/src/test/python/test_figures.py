# SPDX-License-Identifier: Apache-2.0
"""The statistics that every published figure goes through."""
import unittest

from ringvs_bench.figures import bucket_middle, percentile, percentile_curve, ratios, search, significant, spread
from ringvs_bench.results import cell
from ringvs_bench.rig import rate_of


def bucket_of(value):
    """The bucket that the sink's BPF program counts a value in (src/main/c/sink.bpf.c)."""
    if value < 128:
        return value
    shift = value.bit_length() - 7
    return shift * 64 + (value >> shift)


class Spread(unittest.TestCase):
    def test_of_nothing_there_is_none(self):
        self.assertIsNone(spread([]))

    def test_holds_median_and_extremes(self):
        self.assertEqual({"median": 3, "min": 1, "max": 9, "count": 4}, spread([9, 1, 2, 4]))

    def test_keeps_significant_digits_only(self):
        self.assertEqual(123460, significant(123456))
        self.assertEqual(0.00012346, significant(0.000123456))


class Cells(unittest.TestCase):
    def test_show_small_figures_too(self):
        self.assertEqual("0.0034 (0.0012 - 1.50)", cell({"median": 0.0034, "min": 0.0012, "max": 1.5}))
        self.assertEqual("1,234 (0 - 2,000)", cell({"median": 1234.4, "min": 0, "max": 2000}, 0))

    def test_of_nothing_say_so(self):
        self.assertEqual("-", cell(None))


class Rates(unittest.TestCase):
    def test_of_a_slow_peer_are_not_rounded_away(self):
        samples = [{"monotonic_ns": at, "frames": frames, "broken": 0, "other": 0}
                   for at, frames in ((0, 0), (1_000_000_000, 12))]
        self.assertEqual(0.000012, rate_of(samples, "a peer"))


class Ratios(unittest.TestCase):
    def test_pair_runs_of_one_round_only(self):
        self.assertEqual([2.0, 0.5], ratios({1: 4, 2: 5, 3: 1}, {1: 2, 3: 2, 4: 7}))

    def test_leave_out_a_division_by_zero(self):
        self.assertEqual([], ratios({1: 4}, {1: 0}))


class Histogram(unittest.TestCase):
    def test_a_bucket_holds_the_values_counted_in_it(self):
        for value in [0, 1, 127, 128, 129, 255, 256, 1000, 65_535, 65_536, 1_000_003, 2**33 + 12345]:
            middle = bucket_middle(bucket_of(value))
            self.assertLessEqual(abs(middle - value), max(value / 64, 0), value)

    def test_buckets_ascend_without_a_gap(self):
        buckets = [bucket_of(value) for value in range(5000)]
        self.assertEqual(sorted(set(buckets)), list(range(buckets[-1] + 1)))

    def test_percentiles_count_from_below(self):
        buckets = [(10, 90), (20, 9), (100, 1)]
        self.assertEqual([10, 10, 20, 20, 100],
                         [percentile(buckets, per_cent) for per_cent in (0, 90, 90.1, 99, 100)])

    def test_of_nothing_there_is_no_percentile(self):
        with self.assertRaises(ValueError):
            percentile([], 50)

    def test_the_curve_rises_to_the_greatest_value(self):
        curve = percentile_curve([(10, 900), (20, 99), (100, 1)])
        self.assertEqual(curve, sorted(curve))
        self.assertEqual((0.0, 10), curve[0])
        self.assertEqual((100.0, 100), curve[-1])


class Search(unittest.TestCase):
    def test_finds_the_limit_to_its_precision(self):
        for limit in (70, 123, 999):
            found = search(lambda rate, most=limit: rate <= most, 64, 1024, 0.01)
            self.assertTrue(limit * 0.98 <= found <= limit, f"{found} for {limit}")

    def test_takes_the_highest_when_that_passes(self):
        self.assertEqual(1024, search(lambda rate: True, 64, 1024, 0.01))

    def test_gives_up_when_the_lowest_does_not_pass(self):
        self.assertEqual(0, search(lambda rate: False, 64, 1024, 0.01))


if __name__ == "__main__":
    unittest.main()
