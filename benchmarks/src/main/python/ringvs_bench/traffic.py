# SPDX-License-Identifier: Apache-2.0
"""The two ends of the measured path: the source (flowgen) and the receiver (sink)."""
import json
import signal
import subprocess
import threading

from .topology import DIRECTOR_MAC, REAL_SERVER_MAC, SOURCE_MAC, VIP, CommandFailed, await_true, give_way, stop

CLIENTS = "10.0.0.1"


class Sink:
    """Counts what arrives at the real server; `samples` grows by one every 100 ms."""

    def __init__(self, setup, topology, leaves_as, hook):
        self.samples = []
        self.ages = []
        address = VIP if leaves_as == "dr" else topology.real_server
        command = [setup.tool("sink"), "--interface", topology.receiver_if, "--address", address,
                   "--mac", REAL_SERVER_MAC, "--hook", hook] + (["--tunnel"] if leaves_as == "tun" else [])
        self.process = topology.start(topology.receiver_ns, command, [setup.source_core], subprocess.PIPE)
        self.complaint = b""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        await_true(self._has_begun, setup.patience(10), "sink: the first sample")

    def _read(self):
        for line in self.process.stdout:
            if line.startswith(b'{"monotonic_ns"'):
                self.samples.append(json.loads(line))
            elif line.startswith(b'{"gap_ns"'):
                self.ages.append(json.loads(line))
            else:
                self.complaint += line

    def _has_begun(self):
        if self.process.poll() is not None:
            raise CommandFailed(f"the sink ended at once: {self.complaint.decode().strip()}")
        return bool(self.samples)

    def latest(self):
        """The next sample from now on."""
        seen = len(self.samples)
        await_true(lambda: len(self.samples) > seen + 1, 10, "sink: another sample")
        return self.samples[-1]

    def settled(self):
        """The first sample after which no more frames come."""
        before = self.latest()
        while True:
            now = self.latest()
            if now["frames"] == before["frames"]:
                return now
            before = now

    def take_ages(self):
        """How old stamped frames were on arrival since the last call (ages: since due, ways: since made): the
        histograms' buckets, and the longest gap.
        """
        seen = len(self.ages)
        self.process.send_signal(signal.SIGUSR1)
        await_true(lambda: len(self.ages) > seen, 10, "sink: the ages of the frames")
        return self.ages[-1]

    def stop(self):
        stop(self.process)
        self.reader.join(5)
        self.process.stdout.close()


class Source:
    """One run of the traffic source; kind: data, syn or udp; clients: the first client's address."""

    def __init__(self, setup, topology, scenario, kind, pps=0, once=False, stamp=False, core=None, clients=CLIENTS):
        command = [setup.tool("flowgen"), "--interface", "g0", "--from", SOURCE_MAC, "--to", DIRECTOR_MAC,
                   "--vip", VIP, "--flows", str(scenario.flows), "--services", str(scenario.services), "--mode", kind,
                   "--pps", str(int(pps)),
                   "--frame-bytes", scenario.frame, "--clients", clients]
        command += ["--once"] * once + ["--stamp"] * stamp
        self.process = topology.start(topology.source_ns, command, [setup.source_core if core is None else core],
                                      subprocess.PIPE)
        if stamp:
            give_way(self.process.pid)

    def finish(self, seconds):
        """Waits until all is sent; returns what the source says of itself."""
        try:
            output, _ = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as late:
            stop(self.process)
            raise CommandFailed(f"the source did not finish within {seconds:.0f} s") from late
        return self._result(output)

    def is_sending(self):
        return self.process.poll() is None

    def stop(self):
        """Ends it; returns what it says of itself."""
        if self.process.stdout.closed:
            return None
        stop(self.process)
        return self._result(self.process.stdout.read())

    def _result(self, output):
        self.process.stdout.close()
        if self.process.returncode != 0:
            raise CommandFailed(f"the source failed: {output.decode().strip()}")
        return json.loads(output)
