# SPDX-License-Identifier: Apache-2.0
"""One measurement, and the rounds that alternate the peers."""
import time
from contextlib import ExitStack, closing

from .peers import PEERS
from .topology import CommandFailed, Topology
from .traffic import Sink, Source

SYN_RATES = (400_000, 200_000, 100_000)  # frames a second; the next when some connections are still missing


class Stopping:
    """Makes anything with stop() usable with closing()."""

    def __init__(self, stoppable):
        self.close = stoppable.stop


def cpu_ticks(core):
    """Jiffies (10 ms) a core has spent so far, by kind, from /proc/stat."""
    with open("/proc/stat", encoding="ascii") as stat:
        for line in stat:
            if line.startswith(f"cpu{core} "):
                user, nice, system, idle, iowait, irq, softirq = map(int, line.split()[1:8])
                return {"user": user + nice, "system": system, "softirq": irq + softirq, "idle": idle + iowait}
    raise CommandFailed(f"this machine has no core {core}")


def cpu_shares(before, after):
    """What a core did between two readings, in per cent."""
    spent = {kind: after[kind] - before[kind] for kind in before}
    total = sum(spent.values()) or 1
    return {kind: round(100 * ticks / total, 1) for kind, ticks in spent.items()}


def establish(setup, topology, peer, flows):
    """Sends one SYN per flow, again and slower if some got lost; returns how many connections are missing."""
    missing = flows
    for rate in SYN_RATES:
        Source(setup, topology, flows, "syn", rate).finish(60 + 2 * flows / rate)
        missing = max(flows - settled(peer.connections, flows), 0)
        if missing == 0:
            break
    return missing


def settled(count, wanted):
    """What count() says once it is what is wanted or does not grow any more: a JVM that is not warm yet lags behind."""
    before, now = -1, count()
    while before < now < wanted:
        time.sleep(0.5)
        before, now = now, count()
    return now


def measure(setup, peer, flows):
    """Sets everything up from nothing, measures one peer once, and takes everything down again."""
    with ExitStack() as stack:
        topology = stack.enter_context(Topology(setup.arms))
        stack.enter_context(closing(Stopping(peer)))
        sink = Sink(setup, topology)
        stack.enter_context(closing(Stopping(sink)))
        try:
            return measure_in(setup, topology, sink, peer, flows, stack)
        except CommandFailed as failure:
            failure.log = peer.last_words()
            raise


def measure_in(setup, topology, sink, peer, flows, stack):
    """Measures in a topology that is up; what it starts is ended by the stack."""
    peer.start(topology)
    missing = establish(setup, topology, peer, flows) if peer.keeps_connections else 0
    source = Source(setup, topology, flows, setup.mode)
    stack.enter_context(closing(Stopping(source)))
    time.sleep(setup.warm_up if setup.warm_up is not None else peer.warm_up_seconds)

    first, cpu_before = len(sink.samples), [cpu_ticks(core) for core in setup.cores()]
    time.sleep(setup.seconds)
    samples, cpu_after = sink.samples[first:], [cpu_ticks(core) for core in setup.cores()]
    if not source.is_sending():
        raise CommandFailed("the source ended during the measurement")
    if not peer.is_alive():
        raise CommandFailed(f"{peer.label} ended during the measurement: {peer.complaint()}")
    offered = source.stop()["mpps"]
    shares = [cpu_shares(before, after) for before, after in zip(cpu_before, cpu_after)]
    return {"mpps": rate_of(samples, peer), "offered_mpps": offered, "connections_missing": missing,
            "cpu_percent": dict(zip(("source_core", "director_core"), shares)),
            "samples": [[sample["monotonic_ns"], sample["frames"]] for sample in samples]}


def rate_of(samples, peer):
    """Millions of frames a second between the first and the last sample, all of them as they should be."""
    if len(samples) < 2:
        raise CommandFailed("the sink gave no samples: measure for longer")
    begin, end = samples[0], samples[-1]
    if end["frames"] == begin["frames"]:
        raise CommandFailed(f"{peer.label} forwarded nothing")
    if end["broken"] or end["other"]:
        raise CommandFailed(f"{peer.label} forwarded badly: {end['broken']} sampled frames with a wrong checksum, "
                            f"{end['other']} frames to a wrong MAC address")
    return round(1000 * (end["frames"] - begin["frames"]) / (end["monotonic_ns"] - begin["monotonic_ns"]), 4)


class Rounds:
    """Runs every peer in turn for each number of flows, starting with another peer each round."""

    def __init__(self, setup, say):
        self.setup = setup
        self.say = say
        self.runs = []
        self.done = 0
        self.total = setup.rounds * len(setup.flows) * len(setup.peers)
        self.began = time.monotonic()

    def run(self):
        for number in range(1, self.setup.rounds + 1):
            for flows in self.setup.flows:
                shift = (number - 1) % len(self.setup.peers)
                for peer in self.setup.peers[shift:] + self.setup.peers[:shift]:
                    self._run_one(number, flows, peer)

    def _run_one(self, number, flows, name):
        peer = PEERS[name](self.setup)
        entry = {"round": number, "flows": flows, "peer": name, "began_seconds": round(time.monotonic() - self.began, 1)}
        try:
            entry.update(measure(self.setup, peer, flows))
            verdict = f"{entry['mpps']:.3f} Mpps"
            if entry["connections_missing"]:
                verdict += f", {entry['connections_missing']} connections missing"
        except CommandFailed as failure:
            entry.update(error=str(failure), log=failure.log)
            verdict = f"FAILED: {failure}"
        self.runs.append(entry)
        self.done += 1
        left = (time.monotonic() - self.began) / self.done * (self.total - self.done)
        self.say(f"[{self.done}/{self.total}, about {left / 60:.0f} min left] round {number}, {flows:,} flows, "
                 f"{peer.label}: {verdict}")
