# SPDX-License-Identifier: Apache-2.0
"""What is made of a guest's words, and that no guest outlives its time."""
import time
import unittest

from ringvs_bench.guests import listen, read_results
from ringvs_bench.topology import CommandFailed


class Results(unittest.TestCase):
    def test_are_found_among_the_kernels_lines(self):
        lines = ["Linux version 6.1", "RUNNING Linux 6.1.176", "RESULT receive 1000 2.5", "libbpf: hm",
                 "RESULT new-dr 1000 0.5", "DONE", "reboot: System halted"]
        self.assertEqual(([("receive", 1000, 2.5), ("new-dr", 1000, 0.5)], "6.1.176"), read_results(lines))

    def test_a_guest_that_panicked_has_none(self):
        with self.assertRaisesRegex(CommandFailed, "panic"):
            read_results(["RUNNING Linux 6.1", "RESULT receive 1 2.5", "Kernel panic"])

    def test_a_failed_measurement_is_told(self):
        with self.assertRaisesRegex(CommandFailed, "FAILED dr 1"):
            read_results(["RUNNING Linux 6.1", "FAILED dr 1: no", "DONE"])


class Listening(unittest.TestCase):
    def test_hears_every_line(self):
        heard = []
        self.assertEqual(["a", "b"], listen(["sh", "-c", "echo a; echo; echo b"], 10, heard.append))
        self.assertEqual(["a", "b"], heard)

    def test_ends_a_guest_with_its_children_when_its_time_is_over(self):
        began = time.monotonic()
        with self.assertRaisesRegex(CommandFailed, "not done within"):
            listen(["sh", "-c", "sleep 60 & sleep 60"], 0.2, lambda line: None)
        self.assertLess(time.monotonic() - began, 10)

    def test_gives_up_when_hardware_virtualisation_does(self):
        with self.assertRaisesRegex(CommandFailed, "KVM internal error"):
            listen(["sh", "-c", "echo KVM internal error. Suberror: 1; sleep 60"], 30, lambda line: None)


if __name__ == "__main__":
    unittest.main()
