# SPDX-License-Identifier: Apache-2.0
"""What the host's kernel offers: plain forwarding, an nftables load balancer, and IPVS where it is built in."""
import shutil
import subprocess

from ..topology import VIP, run
from .base import Peer

CONNTRACK_MAX = "net.netfilter.nf_conntrack_max"
CONNTRACK_BUCKETS = "net.netfilter.nf_conntrack_buckets"


class KernelPeer(Peer):
    """Forwards in the kernel's network stack, steered to the director's core by RPS."""

    def start(self, topology):
        topology.sysctl(topology.director_ns, "net.ipv4.ip_forward=1")
        # a veth without an XDP program receives redirected frames only through NAPI, which GRO switches on
        run("ip", "netns", "exec", topology.director_ns, "ethtool", "-K", topology.director_in, "gro", "on")
        topology.write(f"/sys/class/net/{topology.director_in}/queues/rx-0/rps_cpus",
                       f"{1 << self.setup.director_core:x}")

    def command(self, topology, *command, **options):
        """Runs a command in the director's namespace."""
        return run("ip", "netns", "exec", topology.director_ns, *command, **options)


class KernelForwarding(KernelPeer):
    """Plain IP forwarding: no service, no connection; what any director in the kernel's stack pays at least."""

    name, label = "kernel", "kernel IP forwarding"
    leaves_as = "dr"  # whatever the others do

    def start(self, topology):
        super().start(topology)
        run("ip", "-n", topology.director_ns, "route", "add", VIP, "via", topology.real_server,
            "dev", topology.director_out)


class NftablesNat(KernelPeer):
    """The load balancer that nftables makes of a DNAT rule with numgen; for FULLNAT with SNAT besides."""

    name, label = "nft", "nftables numgen DNAT"
    keeps_connections = True
    modes = ("nat", "fullnat")

    def __init__(self, setup, scenario):
        super().__init__(setup, scenario)
        self.restore = {}
        self.topology = None

    @classmethod
    def is_available(cls):
        return shutil.which("nft") is not None

    def start(self, topology):
        super().start(topology)
        self.topology = topology
        self._make_room()
        protocol = "udp" if self.scenario.traffic == "udp" else "tcp"
        self.command(topology, "nft", "-f", "-", input=f"""
            table ip lb {{
                chain prerouting {{
                    type nat hook prerouting priority dstnat
                    ip daddr {VIP} {protocol} dport 80 dnat to numgen inc mod 1 map {{ 0 : {topology.real_server} }}
                }}
                {self._source_translation(topology)}
            }}""")

    def _source_translation(self, topology):
        if self.scenario.mode != "fullnat":
            return ""
        addresses = topology.add_local_addresses(self.scenario.local_addresses())
        return f"""chain postrouting {{
                    type nat hook postrouting priority srcnat
                    ip daddr {topology.real_server} snat to {addresses[0]}-{addresses[-1]}
                }}"""

    def _make_room(self):
        """Conntrack's limits are the whole machine's: raised for as long as this peer runs."""
        for setting, wanted in ((CONNTRACK_MAX, 2 * self.scenario.flows), (CONNTRACK_BUCKETS, self.scenario.flows)):
            now = int(run("sysctl", "-n", setting))
            if now < wanted:
                self.restore[setting] = now
                run("sysctl", "-qw", f"{setting}={wanted}")

    def connections(self):
        return int(self.command(self.topology, "sysctl", "-n", "net.netfilter.nf_conntrack_count"))

    def stop(self):
        super().stop()
        for setting, value in self.restore.items():
            run("sysctl", "-qw", f"{setting}={value}")
        self.restore = {}


class KernelIpvs(KernelPeer):
    """The kernel's own IPVS, where the running kernel has it."""

    name, label = "ipvs", "kernel IPVS"
    keeps_connections = True
    modes = ("dr", "tun", "nat")
    flags = {"dr": "-g", "tun": "-i", "nat": "-m"}

    def __init__(self, setup, scenario):
        super().__init__(setup, scenario)
        self.topology = None

    @classmethod
    def is_available(cls):
        if shutil.which("ipvsadm") is None:
            return False
        return subprocess.run(["ipvsadm", "-Ln"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False).returncode == 0

    def start(self, topology):
        super().start(topology)
        self.topology = topology
        run("ip", "-n", topology.director_ns, "addr", "add", f"{VIP}/32", "dev", "lo")
        protocol = "-u" if self.scenario.traffic == "udp" else "-t"
        self._adm("-A", protocol, f"{VIP}:80", "-s", "wlc")
        self._adm("-a", protocol, f"{VIP}:80", "-r", f"{topology.real_server}:80", self.flags[self.scenario.mode])

    def _adm(self, *arguments):
        return self.command(self.topology, "ipvsadm", *arguments)

    def connections(self):
        return listed_connections(self._adm("-Ln"))


def listed_connections(listing):
    """The sum of ActiveConn and InActConn, the last two columns of what `ipvsadm -Ln` lists."""
    servers = [line.split() for line in listing.splitlines() if line.startswith("  -> ")]
    return sum(int(active) + int(inactive) for *_, active, inactive in servers if inactive.isdigit())


