# SPDX-License-Identifier: Apache-2.0
"""New connections a second: every frame is the first of a flow (a SYN, with udp a datagram) that nobody has seen.

How connections end is not measured here: they wait for their timeouts.
"""
from ..figures import ratios, spread
from ..peers import PEERS
from ..results import Result, cell
from ..rig import Rig, settled
from ..scenario import DEFAULT_TRAFFIC, Scenario
from ..session import Progress, alternate, measure
from ..setup import modes, parse, parser, positive
from ..topology import CommandFailed

QUICK = {"rounds": 1, "seconds": 1, "warm_up": 4, "connections": 4_000_000}
DEFAULT_PEERS = {"dr": ["ringvs", "ipvs", "xdp"], "tun": ["ringvs", "ipvs"], "nat": ["ringvs", "nft", "ipvs"],
                 "fullnat": ["ringvs", "nft"]}
SUBJECT = "ringvs"
WARM_UP_CLIENTS = "11.0.0.1"  # none of the measured ones


def main(arguments):
    made = parser("churn", __doc__.split("\n", maxsplit=1)[0])
    made.add_argument("--mode", type=modes, default=["dr"], help="dr, tun, nat, fullnat; several with commas (dr)")
    made.add_argument("--connections", type=positive, default=10_000_000,
                      help="flows, at most 16 million; the source may not run out of new ones (%(default)s)")
    made.add_argument("--offered", type=positive, default=1_500_000, help="new flows a second (%(default)s)")
    made.add_argument("--warm-up-pps", type=positive, default=300_000, help="new flows a second before (%(default)s)")
    made.set_defaults(warm_up=8)  # whoever keeps connections in memory that nobody used yet gets it from the host first
    setup = parse(made, arguments, QUICK)
    if setup.offered * (setup.seconds + 1) > setup.connections:
        made.error("the source would run out of new flows: give more --connections, or fewer --offered or --seconds")
    return measure("churn", setup, churn)


def churn(setup):
    """Measures every mode's peers in rounds."""
    result = Result("New connections a second, one director core")
    plans = []
    for mode in setup.mode:
        scenario = Scenario(mode, setup.traffic or DEFAULT_TRAFFIC[mode], setup.connections)
        plans.append((scenario, scenario.peers(setup.peers or DEFAULT_PEERS[mode])))
    progress = Progress(setup.rounds * sum(len(names) for _, names in plans))
    for number in range(1, setup.rounds + 1):
        for scenario, names in plans:
            for name in alternate(names, number):
                _run(setup, scenario, name, number, result, progress)
    for scenario, names in plans:
        _summarize(setup, scenario, names, result)
    return result


def _run(setup, scenario, name, number, result, progress):
    peer = PEERS[name](setup, scenario)
    what = f"round {number}, {scenario.mode.upper()}, {peer.label}"
    entry = {"round": number, "scenario": scenario.key(), "peer": name, "began_seconds": progress.elapsed()}
    try:
        with Rig(setup, scenario, peer, fill=False) as rig:
            warming = rig.source(setup.warm_up_pps, kind=rig.opening, clients=WARM_UP_CLIENTS)
            rig.warm_up()
            warming.stop()
            entry.update(rig.observe([rig.source(setup.offered, kind=rig.opening)]))
            entry["forwarded"] = rig.sink.settled()["frames"]
            entry["held"] = peer.connections() and settled(peer.connections, entry["forwarded"])
        verdict = f"{entry['mpps']:.3f} million a second, {entry['cpu_ns_per_frame']:.0f} ns of CPU each"
        if entry["held"] is not None and entry["held"] < entry["forwarded"]:
            result.fail(what, f"forwarded {entry['forwarded']} first frames, but holds {entry['held']} connections")
    except CommandFailed as failure:
        entry.update(error=str(failure), log=failure.log)
        result.fail(what, failure)
        verdict = f"FAILED: {failure}"
    result.runs.append(entry)
    progress.step(f"{what}: {verdict}")


def _summarize(setup, scenario, names, result):
    def taken(name, measured):
        return {run["round"]: run[measured] for run in result.runs
                if (run["scenario"], run["peer"]) == (scenario.key(), name) and measured in run}
    rows = []
    base = f"churn/{scenario.mode}/{scenario.traffic}"
    for name in names:
        result.figure(f"{base}/{name}/mpps", spread(list(taken(name, "mpps").values())), "million a second", "higher")
        result.figure(f"{base}/{name}/cpu_ns", spread(list(taken(name, "cpu_ns_per_frame").values())), "ns", "lower")
        ratio = spread(ratios(taken(SUBJECT, "mpps"), taken(name, "mpps"))) if name != SUBJECT else None
        if SUBJECT in names:
            result.figure(f"{base}/{SUBJECT}:{name}/mpps", ratio, "ratio", "higher")
        rows.append([PEERS[name].label, cell(result.figures.get(f"{base}/{name}/mpps")),
                     cell(result.figures.get(f"{base}/{name}/cpu_ns"), 0), cell(ratio)])
    title = f"{scenario.mode.upper()}, {scenario.traffic.upper()}: new connections"
    result.tables.append({"title": title, "heads": ["peer", "million a second", "ns of CPU each", "RingVS / peer"],
                          "rows": rows, "notes": [
                              f"{setup.offered:,} new flows a second offered for {setup.seconds:g} s, "
                              f"{setup.rounds} rounds. Median (least - greatest)."]})
    result.charts.append({"title": title, "x": "", "y": "million a second",
                          "labels": [PEERS[name].label for name in names],
                          "series": [{"name": "new connections",
                                      "points": [result.figures.get(f"{base}/{name}/mpps") for name in names]}]})
