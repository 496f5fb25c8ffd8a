# SPDX-License-Identifier: Apache-2.0
"""How long frames take at 10, 50 and 90 % of the loss-free rate, and the longest pause of a worker.

The source sends at a steady rate whatever becomes of its frames, and stamps each with the time it was due, so that no
delay is left out because others were late (coordinated omission), and with how late it made the frame itself: what is
the source's own delay is told apart. Added time is what is over the median of the wire.
"""
from collections import Counter

from ..figures import percentile, percentile_curve, spread
from ..peers import PEERS
from ..results import Result, cell
from ..rig import Rig
from ..scenario import DEFAULT_TRAFFIC, Scenario
from ..session import Progress, alternate, measure
from ..setup import modes, parse, parser, positive
from ..topology import CommandFailed

QUICK = {"rounds": 1, "seconds": 1, "warm_up": 2, "flows": 1000, "loads": [50], "trial": 0.5}
WIRE = "wire"
DEFAULT_PEERS = {"dr": ["ringvs", "c", "ipvs", "kernel"], "tun": ["ringvs", "c", "ipvs", "kernel"],
                 "nat": ["ringvs", "nft", "ipvs", "kernel"], "fullnat": ["ringvs", "nft", "kernel"]}
WIRE_PPS = 100_000
STAMPED_FRAME = "64"  # the shortest that holds a TCP header and a stamp
PERCENTILES = (50, 90, 99, 99.9, 99.99, 100)
WORKER = "worker"  # in the names of RingVS's threads that forward
CLOCKS = {"ages": ("", "from when it was due"),  # as the sink calls them: how figures' names begin, and a title
          "ways": ("way ", "from when the source made it")}


def main(arguments):
    made = parser("latency", __doc__.split("\n", maxsplit=1)[0])
    made.add_argument("--mode", type=modes, default=["dr"], help="dr, tun, nat, fullnat; several with commas (dr)")
    made.add_argument("--flows", type=positive, default=100_000, help="(%(default)s)")
    made.add_argument("--loads", type=lambda text: [positive(part) for part in text.split(",")], default=[10, 50, 90],
                      help="per cent of the peer's own loss-free rate (10,50,90)")
    made.add_argument("--trial", type=float, default=2, help="seconds of each trial of the search (%(default)s)")
    made.add_argument("--loss", type=float, default=1e-4,
                      help="share of frames whose loss still counts as none; 0 as in RFC 2544 (%(default)s)")
    return measure("latency", parse(made, arguments, QUICK), latency)


def latency(setup):
    """Measures every mode's peers in rounds."""
    result = Result("Latency")
    plans = []
    for mode in setup.mode:
        scenario = Scenario(mode, setup.traffic or DEFAULT_TRAFFIC[mode], setup.flows, STAMPED_FRAME)
        plans.append((scenario, scenario.peers(setup.peers or DEFAULT_PEERS[mode])))
    progress = Progress(setup.rounds * sum(len(names) + 1 for _, names in plans))
    for number in range(1, setup.rounds + 1):
        for scenario, names in plans:
            _wire(setup, scenario, number, result, progress)
            for name in alternate(names, number):
                _run(setup, scenario, name, number, result, progress)
    for scenario, names in plans:
        _summarize(setup, scenario, names, result)
    return result


def _wire(setup, scenario, number, result, progress):
    """The part of every figure that is not the director: source, two links, receiver."""
    wire = Scenario("dr", scenario.traffic, scenario.flows, scenario.frame)
    _measured(setup, wire, scenario, WIRE, number, result, progress, lambda rig: {
        "loss_free_pps": None, "loads": {"wire": {"pps": WIRE_PPS, **rig.ages(WIRE_PPS, setup.seconds)}}})


def _run(setup, scenario, name, number, result, progress):
    def work(rig):
        source = rig.source()
        rig.warm_up()
        source.stop()
        best = rig.loss_free_pps(setup.trial, setup.loss)
        before, stays_before = rig.peer.safepoints(), rig.peer.stays()
        loads = {f"{load}%": {"pps": best * load / 100, **rig.ages(best * load / 100, setup.seconds)}
                 for load in setup.loads}
        return {"loss_free_pps": best, "loads": loads, "safepoints": rig.peer.safepoints()[len(before):],
                "stays": None if stays_before is None else stays_during(stays_before, rig.peer.stays())}
    _measured(setup, scenario, scenario, name, number, result, progress, work)


def _measured(setup, traffic, scenario, name, number, result, progress, work):
    peer = PEERS[name](setup, traffic)
    what = f"round {number}, {scenario.text()}, {peer.label}"
    entry = {"round": number, "scenario": scenario.key(), "peer": name, "began_seconds": progress.elapsed()}
    try:
        with Rig(setup, traffic, peer) as rig:
            entry.update(work(rig))
        verdict = ", ".join(f"{load}: p50 {percentile(taken['ages'], 50) / 1000:.1f} us, "
                            f"p99.9 {percentile(taken['ages'], 99.9) / 1000:.1f} us"
                            for load, taken in entry["loads"].items() if taken["ages"])
    except CommandFailed as failure:
        entry.update(error=str(failure), log=failure.log)
        result.fail(what, failure)
        verdict = f"FAILED: {failure}"
    result.runs.append(entry)
    progress.step(f"{what}: {verdict}")


def _summarize(setup, scenario, names, result):
    runs = {name: [run for run in result.runs if run["scenario"] == scenario.key() and run["peer"] == name
                   and run.get("loads")] for name in [WIRE, *names]}
    for name in names:
        result.figure(f"{scenario.key()}/{name}/loss_free_mpps",
                      spread([run["loss_free_pps"] / 1e6 for run in runs[name]]), "Mpps", "higher")
    for clock in CLOCKS:
        _tell_times(setup, scenario, clock, runs, result)
    pauses = [_pause_row(run) for name in names for run in runs[name] if run["stays"] is not None]
    if pauses:
        result.tables.append({"title": f"{scenario.mode.upper()}: pauses of RingVS", "heads": PAUSE_HEADS,
                              "rows": pauses, "notes": [
                                  "Over the loads of a round. A safepoint stops Java code; the worker waits for a core "
                                  "when the machine gives it to something else."]})


def _tell_times(setup, scenario, clock, runs, result):
    floors = {run["round"]: percentile(run["loads"][WIRE][clock], 50) for run in runs[WIRE]}
    rows, curves = [], {}
    for name, mine in runs.items():
        for load in [WIRE] if name == WIRE else [f"{load}%" for load in setup.loads]:
            taken = [(run["loads"][load], floors[run["round"]]) for run in mine
                     if run["round"] in floors and run["loads"][load][clock]]
            rows.append(_row(setup, scenario, name, load, clock, taken, result))
            merged = merge([times[clock] for times, _ in taken])
            if merged and name != WIRE:
                curves.setdefault(load, []).append({"name": PEERS[name].label, "points": _curve(merged, floors)})
    _, meaning = CLOCKS[clock]
    note = (f"Microseconds, median of {setup.rounds} rounds (least - greatest). The wire's own median, "
            f"{cell(spread([floor / 1000 for floor in floors.values()]))} us, is taken off. "
            f"{scenario.text()}; each load lasted {setup.seconds:g} s.")
    result.tables.append({"title": f"{scenario.mode.upper()}: time added to a frame's way, {meaning}",
                          "heads": ["peer, load", "rate, Mpps"] + [_name(each) for each in PERCENTILES]
                          + ["frames made of those due", "frames lost", "longest gap between frames"],
                          "rows": rows, "notes": [note]})
    for load, series in curves.items():
        result.charts.append({
            "title": f"{scenario.mode.upper()}: added time at {load} of the loss-free rate, {meaning}",
            "x": "one frame in so many is slower", "y": "us", "log_y": True, "series": series})


def _row(setup, scenario, name, load, clock, taken, result):
    peer = "the wire alone" if name == WIRE else f"{PEERS[name].label}, {load}"
    row = [peer, cell(spread([times["pps"] / 1e6 for times, _ in taken]))]
    for each in PERCENTILES:
        added = spread([max(percentile(times[clock], each) - floor, 0) / 1000 for times, floor in taken])
        result.figure(f"{scenario.key()}/{name}/{load}/{CLOCKS[clock][0]}{_name(each)}", added, "us", "lower")
        row.append(cell(added, 1))
    gaps = spread([ages["gap_ns"] / 1000 for ages, _ in taken])
    lost = sum(max(ages["lost"], 0) for ages, _ in taken)
    sent = sum(ages["sent"] for ages, _ in taken)
    due = sum(ages["pps"] for ages, _ in taken) * setup.seconds
    return row + [f"{min(sent / due, 1):.0%}" if due else "-", f"{lost:,} of {sent:,}", cell(gaps, 0)]


PAUSE_HEADS = ["RingVS, round", "safepoints", "longest safepoint, us", "all safepoints, us",
               "workers waited for a core, us", "frames longer than 1 ms in the director", "longest, us at most"]
LONG_STAY = 0.001  # seconds


def stays_during(before, after):
    """(greatest seconds, frames) between two readings of a peer's stays, ascending, without empty ones."""
    return sorted((bound, count - before.get(bound, 0)) for bound, count in after.items()
                  if count > before.get(bound, 0))


def _pause_row(run):
    lengths = [length / 1000 for _, length in run["safepoints"]]
    threads = [thread for ages in run["loads"].values() for thread in ages["cpu"]["threads"].items()]
    waited = sum(times["waited_ns"] for name, times in threads if WORKER in name)
    stays = run["stays"]
    late = sum(count for bound, count in stays if bound > LONG_STAY)
    return [f"{PEERS[run['peer']].label}, {run['round']}", str(len(lengths)), f"{max(lengths, default=0):,.0f}",
            f"{sum(lengths):,.0f}", f"{waited / 1000:,.0f}", f"{late:,} of {sum(count for _, count in stays):,}",
            f"{stays[-1][0] * 1e6:,.0f}" if stays else "-"]


def merge(histograms):
    """One histogram of several."""
    total = Counter()
    for histogram in histograms:
        total.update({bucket: count for bucket, count in histogram})
    return sorted(total.items())


def _curve(buckets, floors):
    """(one in so many, us) pairs of a histogram."""
    floor = min(floors.values())
    return [(round(100 / (100 - below), 3), round(max(value - floor, 1) / 1000, 3))
            for below, value in percentile_curve(buckets) if below < 100]


def _name(per_cent):
    return "greatest" if per_cent == 100 else f"p{per_cent:g}"
