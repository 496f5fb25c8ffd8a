# SPDX-License-Identifier: Apache-2.0
"""What traffic a measurement has, and which peers can be compared under it."""
from dataclasses import dataclass

from .peers import PEERS

IMIX = "imix"
DEFAULT_PEERS = {
    "dr": ["c", "ringvs", "ipvs", "kernel", "xdp"],
    "tun": ["c", "ringvs", "ipvs", "kernel"],
    "nat": ["nft", "ringvs", "ipvs", "kernel"],
    "fullnat": ["nft", "ringvs", "kernel"],
}
# conntrack follows TCP only from its handshake, which a source without an answering server cannot give it
DEFAULT_TRAFFIC = {"dr": "tcp", "tun": "tcp", "nat": "udp", "fullnat": "udp"}


@dataclass(frozen=True)
class Scenario:
    """Frames of so many flows in random order to one virtual service.

    mode: how the service forwards: dr, tun, nat or fullnat; traffic: tcp or udp; frame: bytes of a frame without check
    sequence, or "imix"; services: how many virtual services share the traffic; servers: real servers of each.
    """

    mode: str
    traffic: str
    flows: int
    frame: str = "60"
    services: int = 1
    servers: int = 1

    def peers(self, wanted):
        """Of the wanted peers those that this mode and this machine know; wanted None: the mode's own."""
        names = DEFAULT_PEERS[self.mode] if wanted is None else wanted
        return [name for name in names if self.mode in PEERS[name].modes and PEERS[name].is_available()]

    def local_addresses(self):
        """How many FULLNAT needs: each has some 64,000 ports towards the one real server."""
        return self.flows // 50_000 + 1

    def key(self):
        """Names the scenario in results."""
        parts = [self.mode, self.traffic, f"{self.frame}B" if self.frame != IMIX else IMIX, f"{self.flows}-flows"]
        counts = (("services", self.services), ("servers", self.servers))
        return "/".join(parts + [f"{count}-{what}" for what, count in counts if count > 1])

    def text(self):
        """Names the scenario for a person."""
        size = "IMIX" if self.frame == IMIX else f"{self.frame}-byte"
        counts = ((self.flows, "flow"), (self.services, "service"), (self.servers, "server"))
        return ", ".join([f"{self.mode.upper()}, {size} {self.traffic.upper()} frames"] + [
            f"{count:,} {what}{'s' * (count > 1)}" for count, what in counts if count > 1 or what == "flow"])


def sweep(mode, traffic, flows, frames, flows_of_frames):
    """The scenarios of a mode: each number of flows with the first frame length, then each other length."""
    kind = traffic or DEFAULT_TRAFFIC[mode]
    return ([Scenario(mode, kind, count, frames[0]) for count in flows]
            + [Scenario(mode, kind, flows_of_frames, frame) for frame in frames[1:]])
