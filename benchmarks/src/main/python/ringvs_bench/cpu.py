# SPDX-License-Identifier: Apache-2.0
"""Where the CPU time of a measurement went: by core and kind, and by thread."""
import os
from collections import Counter

from .figures import significant
from .topology import CommandFailed, kernel_threads

TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
KINDS = ("user", "system", "softirq", "idle", "steal")
KERNEL_HELPERS = ("ksoftirqd/", "napi/")


def core_times(core):
    """What a core has spent so far, in nanoseconds by kind, from /proc/stat (sampled at the timer's ticks)."""
    with open("/proc/stat", encoding="ascii") as stat:
        for line in stat:
            if line.startswith(f"cpu{core} "):
                user, nice, system, idle, iowait, irq, softirq, steal = map(int, line.split()[1:9])
                ticks = (user + nice, system, irq + softirq, idle + iowait, steal)
                return {kind: count * TICK_NS for kind, count in zip(KINDS, ticks)}
    raise CommandFailed(f"this machine has no core {core}")


def thread_times(pids):
    """By thread (name and id), the kernel's helpers included: nanoseconds on a core, and waiting for one."""
    times = {}
    for pid in set(pids) | kernel_threads(KERNEL_HELPERS):
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/comm", encoding="utf-8") as comm, \
                        open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as schedstat:
                    times[f"{comm.read().strip()} {task}"] = tuple(map(int, schedstat.read().split()[:2]))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return times


class CpuWatch:
    """What cores and threads spend from its making to usage()."""

    def __init__(self, cores, pids):
        self.cores = cores
        self.pids = list(pids)
        self.cores_before = {core: core_times(core) for core in cores}
        self.threads_before = thread_times(self.pids)

    def usage(self):
        """Nanoseconds since: by core and kind; by thread, running and waiting, what is over a millisecond."""
        cores = {core: {kind: core_times(core)[kind] - before[kind] for kind in KINDS}
                 for core, before in self.cores_before.items()}
        threads = {}
        for name, (ran, waited) in thread_times(self.pids).items():
            ran_before, waited_before = self.threads_before.get(name, (0, 0))
            if ran - ran_before > 1_000_000:
                threads[name] = {"ran_ns": ran - ran_before, "waited_ns": waited - waited_before}
        return {"cores": cores, "threads": threads}


def cost_parts(usage, source_core, director_core, frames):
    """Nanoseconds of CPU per forwarded frame, by who spent them: the director's core, and softirq work of the source's.

    On the source's core only receiving the frames is softirq work; making them is the source's own, and does not count.
    """
    director, source = usage["cores"][director_core], usage["cores"][source_core]
    parts = {kind: director[kind] for kind in ("user", "system", "softirq")} | {"receive softirq": source["softirq"]}
    return {part: significant(ns / frames) for part, ns in parts.items()}


def thread_parts(usage, frames, least_ns=1):
    """Nanoseconds of CPU per forwarded frame by thread (of one name: together), those with at least so many, the
    greatest first.
    """
    parts = Counter()
    for name, times in usage["threads"].items():
        parts[name.rsplit(" ", 1)[0]] += times["ran_ns"] / frames
    return {name: significant(ns) for name, ns in parts.most_common() if ns >= least_ns}
