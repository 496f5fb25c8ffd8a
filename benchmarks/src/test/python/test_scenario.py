# SPDX-License-Identifier: Apache-2.0
"""Which measurements a command line asks for, and who takes part."""
import argparse
import unittest

from ringvs_bench.peers import PEERS
from ringvs_bench.peers.ringvs import SAFEPOINT, RingVs
from ringvs_bench.peers.kernel import listed_connections
from ringvs_bench.scenario import DEFAULT_PEERS, Scenario, sweep
from ringvs_bench.session import alternate
from ringvs_bench.setup import frame_lengths, modes, numbers, peers, variant


class Scenarios(unittest.TestCase):
    def test_a_sweep_varies_flows_then_lengths(self):
        keys = [scenario.key() for scenario in sweep("nat", None, [1, 1000], ["60", "imix"], 500)]
        self.assertEqual(["nat/udp/60B/1-flows", "nat/udp/60B/1000-flows", "nat/udp/imix/500-flows"], keys)

    def test_every_mode_has_peers_that_know_it(self):
        for mode, names in DEFAULT_PEERS.items():
            self.assertTrue(all(mode in PEERS[name].modes for name in names), mode)

    def test_fullnat_has_a_local_address_for_every_fifty_thousand_flows(self):
        self.assertEqual([1, 1, 21], [Scenario("fullnat", "udp", flows).local_addresses()
                                      for flows in (1, 49_999, 1_000_000)])

    def test_a_variant_has_options_of_its_own_and_flags_for_the_jvm(self):
        peer = RingVs.variant(*variant("deep=--ring-size 4096 -XX:+UseParallelGC"))
        self.assertEqual(("ringvs-deep", ("--ring-size", "4096"), ("-XX:+UseParallelGC",)),
                         (peer.name, peer.options, peer.jvm_flags))
        self.assertEqual((), RingVs.options)

    def test_a_peer_that_does_not_know_the_mode_stays_out(self):
        self.assertEqual(["kernel"], Scenario("nat", "udp", 1).peers(["c", "xdp", "kernel"]))

    def test_each_round_begins_with_another_peer(self):
        self.assertEqual(["abc", "bca", "cab", "abc"], ["".join(alternate(list("abc"), n)) for n in (1, 2, 3, 4)])


class Options(unittest.TestCase):
    def test_numbers_may_have_underscores(self):
        self.assertEqual([1, 1_000_000], numbers("1,1_000_000"))

    def test_wrong_values_are_named(self):
        for parse, text in ((numbers, "0"), (modes, "dr,dnat"), (peers, "dpvs"), (frame_lengths, "59"),
                            (frame_lengths, "60,big"), (variant, "--ring-size 64"), (variant, "=x")):
            with self.assertRaises(argparse.ArgumentTypeError):
                parse(text)


class Listings(unittest.TestCase):
    def test_connections_are_summed_over_servers(self):
        listing = ("Prot LocalAddress:Port Scheduler Flags\n"
                   "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n"
                   "TCP  192.168.1.10:80 wlc\n"
                   "  -> 192.168.1.220:80             Route   1      3          4         \n"
                   "  -> 192.168.1.221:80             Route   1      0          5         \n")
        self.assertEqual(12, listed_connections(listing))

    def test_safepoints_are_read_with_cause_and_length(self):
        line = ('[1.234s][info][safepoint] Safepoint "Cleanup", Time since last: 1000003 ns, '
                'Reaching safepoint: 90 ns, Cleanup: 100 ns, At safepoint: 1200 ns, Total: 1390 ns')
        self.assertEqual([("Cleanup", "1390")], SAFEPOINT.findall(line))


if __name__ == "__main__":
    unittest.main()
