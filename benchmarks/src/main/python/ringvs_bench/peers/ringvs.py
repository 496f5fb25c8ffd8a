# SPDX-License-Identifier: Apache-2.0
"""RingVS itself."""
import json
import math
import os
import re
import subprocess
import tempfile
from collections import Counter

from ..topology import VIP, CommandFailed, await_true, run, threads
from .base import Peer
from .kernel import listed_connections

PORT = 80
LEAST_CONNECTIONS = 1_000_000  # the director's own default
SAFEPOINT = re.compile(r"Safepoint \"(\w+)\".*Total:\s+(\d+) ns")


class RingVs(Peer):
    """The RingVS director with one worker on the director's core, or one on each of the given cores."""

    name, label = "ringvs", "RingVS"
    keeps_connections = True
    warm_up_seconds = 4  # the JVM compiles what is hot
    options = ()  # of `ringvs run`, besides those that every measurement needs
    jvm_flags = ()
    flags = {"dr": "-g", "tun": "-i", "nat": "-m", "fullnat": "-b"}

    def __init__(self, setup, scenario, worker_cores=None):
        super().__init__(setup, scenario)
        self.idle = setup.idle
        self.worker_cores = worker_cores or [setup.director_core]
        self.directory = None
        self.protocol = "-u" if scenario.traffic == "udp" else "-t"

    def start(self, topology):
        self.directory = tempfile.TemporaryDirectory(prefix="ringvs-bench-")
        run("ip", "-n", topology.director_ns, "addr", "add", f"{VIP}/32", "dev", "lo")
        # The worker pins itself; the JVM's own threads may use the other core.
        self.launch(topology, self.run_command(topology), self.setup.cores())
        await_true(self._answers, self.setup.patience(60), "RingVS: an answer to adm -Ln")
        self.add_rules(topology)

    def run_command(self, topology):
        """How the director is started."""
        command = [self.setup.ringvs, "run"]
        for interface in sorted({topology.director_in, topology.director_out}):
            command += ["--interface", interface]
        # unlike JAVA_TOOL_OPTIONS, these win over the flags on the command line
        return ["env", "_JAVA_OPTIONS=" + " ".join([f"-Xlog:safepoint:file={self._safepoint_log()}", *self.jvm_flags]),
                *command, *self.options,
                "--cores", ",".join(map(str, self.worker_cores)), "--idle", self.idle, "--no-save",
                "--socket", self.socket(),
                "--max-connections", str(max(LEAST_CONNECTIONS, self.scenario.flows * 5 // 4))]

    @classmethod
    def variant(cls, name, words):
        """The same with more options; those that begin with -X are the JVM's."""
        return type("RingVsVariant", (cls,), {
            "name": f"{cls.name}-{name}", "label": f"{cls.label} {name}",
            "options": tuple(word for word in words if not word.startswith("-X")),
            "jvm_flags": tuple(word for word in words if word.startswith("-X"))})

    def add_rules(self, topology):
        """The virtual services and their real servers, all as one change."""
        servers = [topology.real_server]
        if self.scenario.servers > 1:
            servers = topology.route_servers(self.scenario.servers)
        locals_ = []
        if self.scenario.mode == "fullnat":
            locals_ = topology.add_local_addresses(self.scenario.local_addresses())
            # nobody answers, so every segment would bear the option, as it does before a server's first data only
            self.command("set", "fullnat_toa=0")
        lines = []
        for port in range(PORT, PORT + self.scenario.services):
            lines.append(f"-A {self.protocol} {VIP}:{port} -s wlc")
            lines += [f"-a {self.protocol} {VIP}:{port} -r {server}:{PORT} {self.flags[self.scenario.mode]}"
                      for server in servers]
            lines += [f"-P {self.protocol} {VIP}:{port} -z {address}" for address in locals_]
        self.adm("-R", input="\n".join(lines) + "\n")

    def connections(self):
        return listed_connections(self.adm("-Ln"))

    def socket(self):
        """The control socket's path."""
        return os.path.join(self.directory.name, "control.sock")

    def adm(self, *arguments, **options):
        """Runs `ringvs adm` and returns what it prints."""
        return self.command("adm", *arguments, **options)

    def command(self, *words, **options):
        """Runs a `ringvs` command that talks to the director, and returns what it prints."""
        return run(self.setup.ringvs, *words, env={**os.environ, "RINGVS_SOCKET": self.socket()},
                   timeout=self.setup.patience(60), **options)

    def safepoints(self):
        try:
            with open(self._safepoint_log(), encoding="utf-8") as log:
                return [(cause, int(length)) for cause, length in SAFEPOINT.findall(log.read())]
        except FileNotFoundError:
            return []

    def stays(self):
        status = json.loads(run("curl", "-sS", "--fail", "--unix-socket", self.socket(), "http://ringvs/v1/status",
                                timeout=self.setup.patience(30)))
        buckets = [bucket for worker in status["workers"] for bucket in worker["latency"]["buckets"]]
        found = Counter()
        for bucket in buckets:
            found[bucket.get("upToSeconds", math.inf)] += bucket["count"]
        return found

    def _safepoint_log(self):
        return os.path.join(self.directory.name, "safepoints.log")

    def _answers(self):
        if not self.is_alive():
            raise CommandFailed(f"{self.label} ended at once: {self.complaint()}")
        try:
            self.adm("-Ln")
            return True
        except (CommandFailed, subprocess.TimeoutExpired):
            return False

    def stop(self):
        super().stop()
        if self.directory is not None:
            self.directory.cleanup()
        self.directory = None


class EagerRingVs(RingVs):
    """Workers that share their cores with sources: each runs at once when there is a frame, and sleeps when there is
    none.

    Two that both always run take turns of milliseconds instead, in which all frames are lost that the rings do not
    hold. SCHED_IDLE for the sources does not help: with autogroups on, it counts only within a session.
    """

    def __init__(self, setup, scenario, worker_cores):
        super().__init__(setup, scenario, worker_cores)
        self.idle = "adaptive"

    def start(self, topology):
        super().start(topology)
        for thread in threads(self.process.pid, "ringvs-worker"):
            run("chrt", "--fifo", "-p", "1", str(thread))
