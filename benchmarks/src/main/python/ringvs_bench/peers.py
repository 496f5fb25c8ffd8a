# SPDX-License-Identifier: Apache-2.0
"""What is measured: each peer forwards VIP traffic arriving at the director's interface to the real server's MAC."""
import os
import subprocess
import tempfile

from .topology import REAL_SERVER_MAC, VIP, CommandFailed, await_true, run, stop

PORT = 80


class Peer:
    """A forwarder between start() and stop(); its output goes to a log that a failure quotes."""

    name = label = None
    keeps_connections = False  # True: every flow needs a SYN before its data is forwarded
    warm_up_seconds = 1

    def __init__(self, setup):
        self.setup = setup
        self.process = None
        self.log = None

    def start(self, topology):
        """Begins to forward; returns when frames will be forwarded."""
        raise NotImplementedError

    def launch(self, topology, command, cores):
        self.log = tempfile.TemporaryFile(mode="w+", prefix=f"ringvs-bench-{self.name}-")
        self.process = topology.start(topology.director_ns, command, cores, self.log)

    def has_printed(self, word):
        if self.process.poll() is not None:
            raise CommandFailed(f"{self.label} ended at once: {self.complaint()}")
        return word in self.last_words()

    def is_alive(self):
        return self.process is None or self.process.poll() is None

    def last_words(self):
        """The end of the peer's log."""
        if self.log is None:
            return ""
        self.log.seek(0)
        return self.log.read()[-10_000:].strip()

    def complaint(self):
        """The last line of the log that is a sentence rather than a stack frame."""
        lines = [line for line in self.last_words().splitlines() if line.strip() and not line[0].isspace()]
        return lines[-1] if lines else "it said nothing"

    def stop(self):
        stop(self.process)
        if self.log is not None:
            self.log.close()
        self.process = self.log = None


class CForwarder(Peer):
    """The minimal C AF_XDP forwarder: no lookup at all, only the MAC rewrite."""

    name, label = "c", "C AF_XDP forwarder"

    def start(self, topology):
        command = [self.setup.tool("xsk_forward"), "--interface", topology.director_in, "--out", topology.director_out,
                   "--vip", VIP, "--real-server-mac", REAL_SERVER_MAC, "--idle", self.setup.idle,
                   "--cpu", str(self.setup.director_core)]
        self.launch(topology, command, [self.setup.director_core])
        await_true(lambda: self.has_printed("ready"), 10, f"{self.label}: readiness")


class KernelForwarding(Peer):
    """Plain kernel IP forwarding, steered to the director's core by RPS."""

    name, label = "kernel", "kernel IP forwarding"

    def start(self, topology):
        topology.sysctl(topology.director_ns, "net.ipv4.ip_forward=1")
        run("ip", "-n", topology.director_ns, "route", "add", VIP, "via", topology.real_server,
            "dev", topology.director_out)
        # a veth without an XDP program receives redirected frames only through NAPI, which GRO switches on
        run("ip", "netns", "exec", topology.director_ns, "ethtool", "-K", topology.director_in, "gro", "on")
        topology.write(f"/sys/class/net/{topology.director_in}/queues/rx-0/rps_cpus",
                       f"{1 << self.setup.director_core:x}")


class RingVs(Peer):
    """The RingVS director, direct routing, one worker."""

    name, label = "ringvs", "RingVS"
    keeps_connections = True
    warm_up_seconds = 4  # the JVM compiles what is hot

    def __init__(self, setup):
        super().__init__(setup)
        self.directory = None

    def start(self, topology):
        self.directory = tempfile.TemporaryDirectory(prefix="ringvs-bench-")
        interfaces = [topology.director_in]
        if topology.director_out not in interfaces:
            interfaces.append(topology.director_out)
        command = [self.setup.ringvs, "run"]
        for interface in interfaces:
            command += ["--interface", interface]
        command += ["--cores", str(self.setup.director_core), "--idle", self.setup.idle, "--socket", self._socket()]
        run("ip", "-n", topology.director_ns, "addr", "add", f"{VIP}/32", "dev", "lo")
        # The worker pins itself; the JVM's own threads may use the other core.
        self.launch(topology, command, [self.setup.source_core, self.setup.director_core])
        await_true(self._answers, 60, "RingVS: an answer to adm -Ln")
        service = f"{VIP}:{PORT}"
        self._adm("-A", "-t", service, "-s", "wlc")
        self._adm("-a", "-t", service, "-r", f"{topology.real_server}:{PORT}", "-g", "-w", "1")

    def connections(self):
        """How many connections the director holds: ActiveConn and InActConn, the last two columns of its listing."""
        servers = [line.split() for line in self._adm("-Ln").splitlines() if line.startswith("  -> ")]
        return sum(int(active) + int(inactive) for *_, active, inactive in servers if inactive.isdigit())

    def _socket(self):
        return os.path.join(self.directory.name, "control.sock")

    def _adm(self, *arguments):
        return run(self.setup.ringvs, "adm", *arguments, env={**os.environ, "RINGVS_SOCKET": self._socket()},
                   timeout=30)

    def _answers(self):
        if not self.is_alive():
            raise CommandFailed(f"{self.label} ended at once: {self.complaint()}")
        try:
            self._adm("-Ln")
            return True
        except (CommandFailed, subprocess.TimeoutExpired):
            return False

    def stop(self):
        super().stop()
        if self.directory is not None:
            self.directory.cleanup()
        self.directory = None


PEERS = {peer.name: peer for peer in (CForwarder, RingVs, KernelForwarding)}
