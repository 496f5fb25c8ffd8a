# SPDX-License-Identifier: Apache-2.0
"""What the operator asked for: the options that all measuring commands share, checked."""
import argparse
import os
import shlex

from .peers import PEERS, add_variant
from .peers.ringvs import RingVs
from .scenario import DEFAULT_PEERS, IMIX

BENCHMARKS = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../../.."))
REPOSITORY = os.path.dirname(BENCHMARKS)


class Setup(argparse.Namespace):
    """The parsed options; read-only once parsed."""

    @staticmethod
    def tool(name):
        """The path of a native tool."""
        return os.path.join(BENCHMARKS, "target/native", name)

    def cores(self):
        return [self.source_core, self.director_core]

    def patience(self, seconds):
        """How long to wait for what takes a usual machine less than this."""
        return seconds * self.slow


def positive(text):
    value = int(text.replace("_", ""))
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def numbers(text):
    return [positive(part) for part in text.split(",")]


def one_of(known, what):
    """A parser of comma-separated names, all of which must be known."""
    def parse(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"there is no {what} '{name}'; choose from {', '.join(known)}")
        return names
    return parse


def frame_lengths(text):
    lengths = text.lower().split(",")
    for length in lengths:
        if length != IMIX and not (length.isdigit() and 60 <= int(length) <= 1514):
            raise argparse.ArgumentTypeError(f"'{length}' is no frame length: give 60 to 1514 bytes, or {IMIX}")
    return lengths


def variant(text):
    name, equals, words = text.partition("=")
    if not equals or not name.replace("_", "").isalnum():
        raise argparse.ArgumentTypeError(f"'{text}' is no variant: give NAME=OPTIONS, such as deep='--ring-size 4096'")
    return name, shlex.split(words)


modes = one_of(DEFAULT_PEERS, "mode")
peers = one_of(PEERS, "peer")


def parser(name, description):
    """A parser that knows the options of every command; a command adds its own."""
    made = argparse.ArgumentParser(prog=f"ringvs bench {name}", description=description)
    add = made.add_argument
    add("--quick", action="store_true", help="about a minute: shows that it works; the figures mean little")
    add("--peers", type=peers, help="comma-separated; what a mode does not know is left out (the mode's own)")
    add("--variant", type=variant, action="append", default=[], metavar="NAME=OPTIONS",
        help="RingVS with these options of `ringvs run` (-X...: of the JVM) as one more peer, ringvs-NAME; without"
        " --peers those and RingVS alone; may be repeated")
    add("--rounds", type=positive, default=5, help="each peer runs once a round (%(default)s)")
    add("--seconds", type=float, default=5, help="of each measurement (%(default)s)")
    add("--warm-up", type=float, help="seconds of traffic before each measurement (1, RingVS 4)")
    add("--arms", type=int, choices=(1, 2), default=1, help="interfaces of the director (%(default)s)")
    add("--traffic", choices=("tcp", "udp"), help="(tcp; with nat udp)")
    add("--idle", choices=("busy", "adaptive"), default="busy", help="when there is no frame (%(default)s)")
    add("--sink", choices=("tc", "xdp"), default="tc", help="where the receiver counts (%(default)s)")
    add("--source-core", type=int, default=0, help="of source, receive softirq and sink (%(default)s)")
    add("--director-core", type=int, default=1, help="(%(default)s)")
    add("--slow", type=positive, default=1, help="waits so many times longer: for emulated machines (%(default)s)")
    add("--ringvs", default=os.path.join(REPOSITORY, "ringvs"), help="the command that is RingVS (%(default)s)")
    add("--out", help="folder for the results (benchmarks/results/DATE)")
    return made


def parse(made, arguments, quick):
    """Parses and checks; `quick` holds what --quick changes, unless the operator asked for something else."""
    setup = made.parse_args(arguments, Setup())
    variants = [add_variant(name, words) for name, words in setup.variant]
    if variants:
        setup.peers = (setup.peers or [RingVs.name]) + variants
    if setup.quick:
        for name, value in quick.items():
            if getattr(setup, name) == made.get_default(name):
                setattr(setup, name, value)
    if os.geteuid() != 0:
        made.error("only root can make network namespaces and load XDP programs")
    if not set(setup.cores()) <= os.sched_getaffinity(0):
        made.error("this process may not use those cores; choose others with --source-core and --director-core")
    if setup.source_core == setup.director_core:
        made.error("source and director need a core each")
    if setup.seconds < 0.5:
        made.error("--seconds must be 0.5 or more: the sink reports every 0.1 s")
    return setup
