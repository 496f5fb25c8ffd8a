# SPDX-License-Identifier: Apache-2.0
"""The frame around every command: build the tools, leave nothing behind, show progress, write results."""
import os
import signal
import subprocess
import sys
import time

from . import results
from .setup import BENCHMARKS, REPOSITORY
from .topology import CommandFailed, remove_leftovers, run

BUSY_LOAD = 0.5  # mean number of runnable processes in the last minute, before anything is measured


def say(text):
    """Progress goes to standard error; standard output is for the result."""
    print(text, file=sys.stderr, flush=True)


class Progress:
    """Counts steps, and tells from how long they took how long the rest will take."""

    def __init__(self, total):
        self.total = total
        self.done = 0
        self.began = time.monotonic()

    def elapsed(self):
        return round(time.monotonic() - self.began, 1)

    def step(self, text):
        self.done += 1
        left = (time.monotonic() - self.began) / self.done * max(self.total - self.done, 0)
        remaining = f"about {left / 60:.0f} min left" if left >= 90 else f"about {left:.0f} s left"
        say(f"[{self.done}/{self.total}, {remaining}] {text}")


def measure(name, setup, work):
    """Runs `work(setup)`, which returns a results.Result, and writes that; returns the exit status.

    1: something could not be measured; 130: stopped by the operator. Namespaces and processes are gone in any case.
    """
    began = time.strftime("%Y-%m-%d %H:%M:%S")
    # Ctrl-C and a polite kill both unwind through every `with` block, which takes the network down.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        say("building the native tools: make -C benchmarks/src/main/c")
        run("make", "-s", "-C", os.path.join(BENCHMARKS, "src/main/c"))
        remove_leftovers()
        # This process must not disturb the director's core.
        os.sched_setaffinity(0, {setup.source_core})
        load = os.getloadavg()[0]
        if load > BUSY_LOAD:
            say(f"this machine is busy with other work (load average {load:.1f}): expect low figures and wide spreads")
        result = work(setup)
    except (CommandFailed, subprocess.TimeoutExpired) as failure:
        say(f"ringvs bench {name}: {failure}")
        return 1
    except KeyboardInterrupt:
        say("stopped; nothing is left behind")
        return 130
    directory = setup.out or os.path.join(BENCHMARKS, "results", began.replace(" ", "T").replace(":", ""))
    result.describe(name, began, load, vars(setup), results.machine(REPOSITORY))
    print(result.write(directory), end="")
    say(f"written: {directory}/{name}.json, {name}.md and report.html")
    return 1 if result.failures else 0


def alternate(names, round_number):
    """The names in the order of a round: each round begins with another one."""
    shift = (round_number - 1) % len(names)
    return names[shift:] + names[:shift]
