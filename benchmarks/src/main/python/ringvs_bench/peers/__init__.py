# SPDX-License-Identifier: Apache-2.0
"""What is measured. Each peer forwards what arrives for the virtual service to the real server."""
from .base import Peer
from .forwarders import CForwarder, Wire, XdpForwarder
from .kernel import KernelForwarding, KernelIpvs, NftablesNat
from .ringvs import RingVs

PEERS = {peer.name: peer
         for peer in (CForwarder, RingVs, NftablesNat, KernelIpvs, KernelForwarding, XdpForwarder,
                      Wire)}


def add_variant(name, words):
    """Makes RingVS with other options a peer of its own; returns the peer's name."""
    peer = RingVs.variant(name, words)
    PEERS[peer.name] = peer
    return peer.name


__all__ = ["PEERS", "Peer", "add_variant"]
