# SPDX-License-Identifier: Apache-2.0
"""Throughput of RingVS and its peers on real links, side by side, in turn.

Everything happens in network namespaces of its own, which are gone afterwards, also after Ctrl-C or a failure.
"""
from ..figures import ratios, significant, spread
from ..peers import PEERS
from ..results import Result, cell
from ..rig import Rig
from ..scenario import sweep
from ..session import Progress, alternate, measure
from ..setup import frame_lengths, modes, numbers, parse, parser, positive
from ..topology import CommandFailed

SUBJECT = "ringvs"
REFERENCE = "kernel"
QUICK = {"flows": [1000], "frames": ["60"], "rounds": 1, "seconds": 1, "warm_up": 2}
MEASURES = (("mpps", "Mpps", "higher"), ("cpu_ns_per_frame", "ns", "lower"), ("loss_free_mpps", "Mpps", "higher"))


def main(arguments):
    made = parser("forward", __doc__.split("\n", maxsplit=1)[0])
    made.add_argument("--mode", type=modes, default=["dr"], help="dr, tun, nat, fullnat; several with commas (dr)")
    made.add_argument("--flows", type=numbers, default=[1, 1000, 100_000, 1_000_000, 10_000_000],
                      help="comma-separated, with the first frame length (%(default)s)")
    made.add_argument("--frames", type=frame_lengths, default=["60", "512", "1500", "imix"],
                      help="frame lengths in bytes, comma-separated (60,512,1500,imix)")
    made.add_argument("--frames-flows", type=positive, default=100_000,
                      help="number of flows with the other frame lengths (%(default)s)")
    made.add_argument("--loss-free", action="store_true",
                      help="also search the greatest rate without loss (RFC 2544); takes about three times as long")
    made.add_argument("--loss", type=float, default=1e-4,
                      help="share of frames whose loss still counts as none; 0 as in RFC 2544 (%(default)s)")
    return measure("forward", parse(made, arguments, QUICK), forward)


def forward(setup):
    """Measures all scenarios in rounds."""
    scenarios = [scenario for mode in setup.mode
                 for scenario in sweep(mode, setup.traffic, setup.flows, setup.frames, setup.frames_flows)]
    result = Result("Forwarding, one director core")
    progress = Progress(setup.rounds * sum(len(scenario.peers(setup.peers)) for scenario in scenarios))
    for number in range(1, setup.rounds + 1):
        for scenario in scenarios:
            for name in alternate(scenario.peers(setup.peers), number):
                _run(setup, scenario, name, number, result, progress)
    summarize(setup, scenarios, result)
    return result


def _run(setup, scenario, name, number, result, progress):
    peer = PEERS[name](setup, scenario)
    what = f"round {number}, {scenario.text()}, {peer.label}"
    entry = {"round": number, "scenario": scenario.key(), "peer": name, "began_seconds": progress.elapsed()}
    try:
        with Rig(setup, scenario, peer) as rig:
            entry.update(rig.overload())
            if setup.loss_free:
                entry["loss_free_mpps"] = significant(rig.loss_free_pps(setup.seconds / 2, setup.loss) / 1e6)
        verdict = f"{entry['mpps']:.3f} Mpps, {entry['cpu_ns_per_frame']:.0f} ns of CPU a frame"
        if setup.loss_free:
            verdict += f", loss-free {entry['loss_free_mpps']:.3f} Mpps"
        if entry["connections_missing"]:
            result.fail(what, f"{entry['connections_missing']} connections could not be established")
            verdict += f", {entry['connections_missing']} connections missing"
    except CommandFailed as failure:
        entry.update(error=str(failure), log=failure.log)
        result.fail(what, failure)
        verdict = f"FAILED: {failure}"
    result.runs.append(entry)
    progress.step(f"{what}: {verdict}")


def summarize(setup, scenarios, result):
    """Figures, tables and plots of all runs."""
    for mode in dict.fromkeys(scenario.mode for scenario in scenarios):
        mine = [scenario for scenario in scenarios if scenario.mode == mode]
        names = mine[0].peers(setup.peers)
        for scenario in mine:
            _figures(scenario, names, result)
        for measured, unit, _ in MEASURES:
            if any(f"{scenario.key()}/{name}/{measured}" in result.figures for scenario in mine for name in names):
                _table(setup, mode, mine, names, measured, unit, result)
        _parts_table(mode, mine, names, result)
    return result


def by_round(runs, scenario, name, measured):
    """Round -> figure of the runs that succeeded."""
    return {run["round"]: run[measured] for run in runs
            if (run["scenario"], run["peer"]) == (scenario.key(), name) and measured in run}


def _figures(scenario, names, result):
    for measured, unit, better in MEASURES:
        taken = {name: by_round(result.runs, scenario, name, measured) for name in names}
        for name in names:
            result.figure(f"{scenario.key()}/{name}/{measured}", spread(list(taken[name].values())), unit, better)
            if name != SUBJECT and SUBJECT in names:
                result.figure(f"{scenario.key()}/{SUBJECT}:{name}/{measured}",
                              spread(ratios(taken[SUBJECT], taken[name])), "ratio", better)


PARTS = ("user", "system", "softirq", "receive softirq")


def _parts_table(mode, scenarios, names, result):
    """Who spent the CPU time: cores by kind, and threads."""
    rows = []
    for scenario in scenarios:
        for name in names:
            parts = by_round(result.runs, scenario, name, "cpu_ns_parts").values()
            if parts:
                threads = list(by_round(result.runs, scenario, name, "thread_ns_per_frame").values())[-1]
                rows.append([f"{_title(scenario)}: {PEERS[name].label}"]
                            + [cell(spread([each[part] for each in parts]), 0) for part in PARTS]
                            + [", ".join(f"{thread} {ns:.0f}" for thread, ns in threads.items()) or "-"])
    result.tables.append({
        "title": f"{mode.upper()}: who spent the CPU time, ns a forwarded frame", "rows": rows,
        "heads": ["frames, flows: peer", "director core, user", "system", "softirq", "source core, softirq",
                  "threads, all cores"],
        "notes": ["Cores are sampled at the timer's ticks, threads counted exactly (of the last round, from 1 ns on; a "
                  "thread's time includes softirqs that interrupt it). flowgen's own is the making of frames."]})


def _title(scenario):
    return f"{scenario.frame} B, {scenario.flows:,}".replace("imix B", "IMIX")


TITLES = {"mpps": "sent far too much", "cpu_ns_per_frame": "CPU time per forwarded frame, all cores",
          "loss_free_mpps": "greatest rate without loss"}


def _table(setup, mode, scenarios, names, measured, unit, result):
    others = [name for name in names if name != SUBJECT and SUBJECT in names]
    heads = ["frames, flows"] + [f"{PEERS[name].label}, {unit}" for name in names]
    heads += [f"RingVS / {PEERS[name].label}" for name in others]
    digits = 0 if unit == "ns" else 2
    rows = []
    for scenario in scenarios:
        row = [_title(scenario)]
        row += [cell(result.figures.get(f"{scenario.key()}/{name}/{measured}"), digits) for name in names]
        row += [cell(result.figures.get(f"{scenario.key()}/{SUBJECT}:{name}/{measured}")) for name in others]
        rows.append(row)
    title = f"{mode.upper()}, {scenarios[0].traffic.upper()}: {TITLES[measured]}"
    note = (f"veth, {setup.arms} arm(s), flows in random order, {setup.rounds} rounds of {setup.seconds:g} s. Median "
            "(least - greatest); each ratio is taken between runs of the same round.")
    if REFERENCE in names and mode != "dr":
        note += " Kernel IP forwarding only forwards: it neither translates nor encapsulates."
    result.tables.append({"title": title, "heads": heads, "rows": rows, "notes": [note]})
    result.charts.append({"title": title, "x": "frame length, flows", "y": unit, "labels": [row[0] for row in rows],
                          "series": [{"name": PEERS[name].label,
                                      "points": [result.figures.get(f"{scenario.key()}/{name}/{measured}")
                                                 for scenario in scenarios]} for name in names]})
