# SPDX-License-Identifier: Apache-2.0
"""What every peer has in common: it forwards a virtual service's traffic to the real server between start and stop."""
import tempfile

from ..topology import CommandFailed, stop


class Peer:
    """A forwarder between start() and stop(); its output goes to a log that a failure quotes.

    `scenario` says what traffic it gets and how it is to forward it.
    """

    name = label = None
    keeps_connections = False  # True: its table is filled by one frame of every flow before anything is measured
    warm_up_seconds = 1
    sink_hook = None  # where the receiver has to count, when not where it counts for the others
    modes = ("dr", "tun", "nat", "fullnat")
    leaves_as = None  # how its frames look when they leave, when not as the scenario's mode says

    def __init__(self, setup, scenario):
        self.setup = setup
        self.scenario = scenario
        self.process = None
        self.log = None

    @classmethod
    def is_available(cls):
        """Whether this machine has what the peer needs."""
        return True

    def start(self, topology):
        """Begins to forward; returns when frames will be forwarded."""
        raise NotImplementedError

    def launch(self, topology, command, cores):
        self.log = tempfile.TemporaryFile(mode="w+", prefix=f"ringvs-bench-{self.name}-")
        self.process = topology.start(topology.director_ns, command, cores, self.log)

    def connections(self):
        """How many connections it holds, or None when it does not say."""
        return None

    def safepoints(self):
        """How long each pause of a JVM's threads was, in nanoseconds, as (cause, length); none without a JVM."""
        return []

    def stays(self):
        """How many frames spent how long in it since its start, as it says itself: counts by greatest seconds."""
        return None

    def processes(self):
        """The ids of the processes whose threads forward."""
        return [] if self.process is None else [self.process.pid]

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
