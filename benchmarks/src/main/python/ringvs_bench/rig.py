# SPDX-License-Identifier: Apache-2.0
"""One peer on one topology, ready to be measured."""
import time
from contextlib import ExitStack, closing

from .cpu import CpuWatch, cost_parts, thread_parts
from .figures import search, significant
from .topology import CommandFailed, Topology
from .traffic import Sink, Source

FILL_RATES = (400_000, 200_000, 100_000, 50_000, 25_000)  # frames a second; the next when connections are missing
TRIAL_SECONDS_LEAST = 0.3
SEARCH_PRECISION = 0.02
SEARCH_FROM = 1.2  # times the overload rate
SEARCH_RANGE = 32


class Stopping:
    """Makes anything with stop() usable with closing()."""

    def __init__(self, stoppable):
        self.close = stoppable.stop


class Rig:
    """A `with` block in which a peer forwards: topology, sink and peer are up, and its connections exist."""

    def __init__(self, setup, scenario, peer, queues=1, fill=True):
        self.setup = setup
        self.scenario = scenario
        self.peer = peer
        self.topology = Topology(setup.arms, queues)
        self.kind = "udp" if scenario.traffic == "udp" else "data"
        self.opening = "udp" if scenario.traffic == "udp" else "syn"
        self.fill = fill and peer.keeps_connections
        self.sink = None
        self.connections_missing = 0
        self.stack = ExitStack()

    def __enter__(self):
        try:
            self.stack.enter_context(self.topology)
            self.stack.enter_context(closing(Stopping(self.peer)))
            self.sink = Sink(self.setup, self.topology, self.peer.leaves_as or self.scenario.mode,
                             self.peer.sink_hook or self.setup.sink)
            self.stack.enter_context(closing(Stopping(self.sink)))
            self.peer.start(self.topology)
            if self.fill:
                self.connections_missing = self._fill()
        except BaseException as failure:
            self.__exit__(type(failure), failure, None)
            raise
        return self

    def __exit__(self, kind, failure, trace):
        if isinstance(failure, CommandFailed):
            failure.log = self.peer.last_words()
        self.stack.close()

    def _fill(self):
        """Sends one frame per flow, again and slower if some got lost; returns how many connections are missing."""
        missing = self.scenario.flows
        for rate in FILL_RATES:
            before = self.sink.latest()["frames"]
            source = Source(self.setup, self.topology, self.scenario, self.opening, rate, once=True)
            source.finish(self.setup.patience(60 + 2 * self.scenario.flows / rate))
            arrived = self.sink.settled()["frames"] - before
            held = arrived if self.peer.connections() is None else settled(self.peer.connections, self.scenario.flows)
            missing = max(self.scenario.flows - held, 0)
            if missing == 0:
                break
        return missing

    def source(self, pps=0, kind=None, **options):
        """Begins to send; the source ends with the rig at the latest."""
        source = Source(self.setup, self.topology, self.scenario, kind or self.kind, pps, **options)
        self.stack.enter_context(closing(Stopping(source)))
        return source

    def warm_up(self):
        """Waits for as long as the peer wants traffic before it is measured."""
        if self.setup.warm_up is not None:
            time.sleep(self.setup.warm_up)
        else:
            time.sleep(self.setup.patience(self.peer.warm_up_seconds))

    def overload(self, source_cores=None):
        """What is forwarded while far more is sent; what it cost; every sample."""
        sources = [self.source(core=core) for core in source_cores or [self.setup.source_core]]
        self.warm_up()
        return self.observe(sources)

    def observe(self, sources):
        """What is forwarded of what these sources send; they are ended."""
        first = len(self.sink.samples)
        watch = CpuWatch(self.setup.cores(), self.peer.processes() + [source.process.pid for source in sources])
        time.sleep(self.setup.seconds)
        samples, usage = self.sink.samples[first:], watch.usage()
        for source in sources:
            self.check(source)
        offered = significant(sum(source.stop()["mpps"] for source in sources))
        mpps = rate_of(samples, self.peer.label)
        frames = mpps * 1e6 * self.setup.seconds
        parts = cost_parts(usage, self.setup.source_core, self.setup.director_core, frames)
        return {"mpps": mpps, "offered_mpps": offered, "cpu_ns_per_frame": significant(sum(parts.values())),
                "cpu_ns_parts": parts, "thread_ns_per_frame": thread_parts(usage, frames), "cpu": usage,
                "connections_missing": self.connections_missing,
                "samples": [[sample["monotonic_ns"], sample["frames"]] for sample in samples]}

    def trial(self, pps, seconds):
        """Sends at a steady rate for so long; returns frames sent and frames that did not arrive."""
        before = self.sink.settled()
        source = self.source(pps)
        time.sleep(max(seconds, TRIAL_SECONDS_LEAST))
        self.check(source)
        sent = source.stop()["sent"]
        arrived = self.sink.settled()
        rate_of([before, arrived], self.peer.label)
        return sent, max(sent - (arrived["frames"] - before["frames"]), 0)

    def loss_free_pps(self, seconds, tolerance):
        """The greatest steady rate at which no more than this share of the frames is lost (RFC 2544, section 26.1).

        Sought below what arrives when far too much is sent.
        """
        flood, dropped = self.trial(0, seconds)
        highest = SEARCH_FROM * (flood - dropped) / max(seconds, TRIAL_SECONDS_LEAST)

        def passes(pps):
            sent, lost = self.trial(pps, seconds)
            return lost <= tolerance * sent
        found = search(passes, highest / SEARCH_RANGE, highest, SEARCH_PRECISION)
        if found == 0:
            raise CommandFailed(f"{self.peer.label} lost more than {tolerance:.2%} of the frames even at "
                                f"{highest / SEARCH_RANGE / 1e6:.3f} Mpps")
        return found

    def ages(self, pps, seconds):
        """How long stamped frames took at a steady rate: the sink's histogram; frames sent, and lost; CPU use."""
        self.sink.settled()
        self.sink.take_ages()
        watch = CpuWatch(self.setup.cores(), self.peer.processes())
        source = self.source(pps, stamp=True)
        time.sleep(seconds)
        self.check(source)
        sent = source.stop()["sent"]
        self.sink.settled()
        ages = self.sink.take_ages()
        return {"sent": sent, "lost": sent - sum(count for _, count in ages["ages"]), "cpu": watch.usage(), **ages}

    def check(self, source):
        """Raises CommandFailed when source or peer are no longer there."""
        if not source.is_sending():
            raise CommandFailed("the source ended during the measurement")
        if not self.peer.is_alive():
            raise CommandFailed(f"{self.peer.label} ended during the measurement: {self.peer.complaint()}")


def settled(count, wanted):
    """What count() says once it is what is wanted or does not grow any more: a JVM that is not warm yet lags behind."""
    before, now = -1, count()
    while before < now < wanted:
        time.sleep(0.5)
        before, now = now, count()
    return now


def rate_of(samples, label):
    """Millions of frames a second between the first and the last sample, all of them as they should be."""
    if len(samples) < 2:
        raise CommandFailed("the sink gave no samples: measure for longer")
    begin, end = samples[0], samples[-1]
    if end["frames"] == begin["frames"]:
        raise CommandFailed(f"{label} forwarded nothing")
    if end["broken"] or end["other"]:
        raise CommandFailed(f"{label} forwarded badly: {end['broken']} sampled frames with a wrong checksum, "
                            f"{end['other']} frames to a wrong MAC address")
    return significant(1000 * (end["frames"] - begin["frames"]) / (end["monotonic_ns"] - begin["monotonic_ns"]))
