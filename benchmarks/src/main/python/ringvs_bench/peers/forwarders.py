# SPDX-License-Identifier: Apache-2.0
"""The bench's own forwarders: as little as can be, so that what RingVS does besides shows."""
from ..topology import DIRECTOR_ADDRESS, REAL_SERVER_MAC, VIP, await_true, kernel_threads, pin
from .base import Peer


class CForwarder(Peer):
    """The minimal C AF_XDP forwarder: no lookup at all, only the MAC rewrite, or a fixed tunnel header."""

    name, label = "c", "C AF_XDP forwarder"
    modes = ("dr", "tun")

    def start(self, topology):
        command = [self.setup.tool("xsk_forward"), "--interface", topology.director_in, "--out", topology.director_out,
                   "--vip", VIP, "--real-server-mac", REAL_SERVER_MAC, "--idle", self.setup.idle,
                   "--cpu", str(self.setup.director_core)]
        if self.scenario.mode == "tun":
            command += ["--tunnel-from", DIRECTOR_ADDRESS, "--tunnel-to", topology.real_server]
        self.launch(topology, command, [self.setup.director_core])
        await_true(lambda: self.has_printed("ready"), 10, f"{self.label}: readiness")


class Wire(Peer):
    """A minimal XDP program, one hash lookup and the MAC rewrite, on the core that sends: the shortest way there is."""

    name, label = "wire", "wire (XDP on the source's core)"
    keeps_connections = True
    sink_hook = "xdp"  # what XDP_TX sends reaches only a veth that has an XDP program
    modes = ("dr",)

    def start(self, topology):
        command = [self.setup.tool("xdp_forward"), "--interface", topology.director_in, "--out", topology.director_out,
                   "--vip", VIP, "--real-server-mac", REAL_SERVER_MAC, "--flows", str(self.scenario.flows)]
        self.launch(topology, command, self.setup.cores())
        await_true(lambda: self.has_printed("ready"), 10, f"{self.label}: readiness")


class XdpForwarder(Wire):
    """The same on the director's core: the bound of what the kernel itself can do there.

    The receive side of the director's interface moves to that core by threaded NAPI: there is no other place where an
    XDP program could share the work with the source.
    """

    name, label = "xdp", "minimal XDP DR"

    def start(self, topology):
        super().start(topology)
        prefix = f"napi/{topology.director_in}-"
        before = kernel_threads(prefix)
        topology.write(f"/sys/class/net/{topology.director_in}/threaded", "1")
        for pid in kernel_threads(prefix) - before:
            pin(pid, self.setup.director_core)
