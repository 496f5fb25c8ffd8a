# SPDX-License-Identifier: Apache-2.0
"""How RingVS takes more: workers, connections, virtual services, real servers, and rule changes under load."""
import itertools
import statistics
import time
from dataclasses import replace

from .. import changes
from ..figures import spread
from ..peers.ringvs import PORT, EagerRingVs, RingVs
from ..results import Result, cell
from ..rig import Rig
from ..scenario import Scenario
from ..session import Progress, measure
from ..setup import numbers, one_of, parse, parser, positive
from ..topology import VIP, CommandFailed

WHAT = ("workers", "connections", "services", "servers", "rules")
QUICK = {"rounds": 1, "seconds": 1, "warm_up": 1, "connections": [1000, 1_000_000], "services": [1, 10_000],
         "servers": [1000]}
BULK = 1000  # rule changes in one `adm -R`
RULE_LOAD = 0.5  # of the overload rate, while rules change
MANY_SERVICES, SERVERS_OF_EACH = 10_000, 10  # beside the one that carries the load
CHANGES_PER_SECOND = 1000


def main(arguments):
    made = parser("scale", __doc__.split("\n", maxsplit=1)[0])
    made.add_argument("--what", type=one_of(WHAT, "dimension"), default=list(WHAT), help=f"of {', '.join(WHAT)} (all)")
    made.add_argument("--connections", type=numbers, default=[1000, 100_000, 1_000_000, 10_000_000],
                      help="(%(default)s)")
    made.add_argument("--services", type=numbers, default=[1, 100, 10_000], help="(%(default)s)")
    made.add_argument("--servers", type=numbers, default=[1, 10, 100, 1000], help="of one service (%(default)s)")
    made.add_argument("--flows", type=positive, default=100_000, help="where not connections vary (%(default)s)")
    return measure("scale", parse(made, arguments, QUICK), scale)


def scale(setup):
    """Measures all dimensions in rounds."""
    result = Result("Scale: RingVS, direct routing")
    base = Scenario("dr", setup.traffic or "tcp", setup.flows)
    steps = {
        "workers": [(f"{count} worker{'s' * (count > 1)}", _workers(setup, base, count)) for count in (1, 2)],
        "connections": [(f"{count:,} connections", _overload(setup, replace(base, flows=count)))
                        for count in setup.connections],
        "services": [(f"{count:,} service{'s' * (count > 1)}", _overload(setup, replace(base, services=count)))
                     for count in setup.services],
        "servers": [(f"{count:,} server{'s' * (count > 1)}", _overload(setup, replace(base, servers=count)))
                    for count in setup.servers],
        "rules": [("rule changes", _rules(setup, base))],
    }
    wanted = [(what, name, step) for what in setup.what for name, step in steps[what]]
    progress = Progress(setup.rounds * len(wanted))
    for number in range(1, setup.rounds + 1):
        for what, name, step in wanted if number % 2 else reversed(wanted):
            _run(what, name, step, number, result, progress)
    for what in setup.what:
        if what != "rules":
            _summarize(setup, what, [name for name, _ in steps[what]], result)
    if "rules" in setup.what:
        _summarize_rules(setup, result)
    return result


def _run(what, name, step, number, result, progress):
    entry = {"round": number, "what": what, "step": name, "began_seconds": progress.elapsed()}
    try:
        entry.update(step())
        verdict = f"{entry['mpps']:.3f} Mpps"
        if "changes_per_second" in entry:
            verdict = (f"{entry['changes_per_second']:.0f} single changes a second, {entry['bulk_per_second']:.0f} in "
                       f"bulk; on {MANY_SERVICES} services x {SERVERS_OF_EACH}: -R {entry['restore_seconds']:.2f} s, "
                       f"one change {entry['change_ms']['median']:.1f} ms, p99 {entry['change_ms']['p99']:.1f}, max "
                       f"{entry['change_ms']['max']:.1f}; lost {entry['lost']} of {entry['sent']} frames, without "
                       f"changes {entry['lost_before']} of {entry['sent_before']}")
        if entry["connections_missing"]:
            result.fail(f"round {number}, {name}",
                        f"{entry['connections_missing']} connections could not be established")
    except CommandFailed as failure:
        entry.update(error=str(failure), log=failure.log)
        result.fail(f"round {number}, {name}", failure)
        verdict = f"FAILED: {failure}"
    result.runs.append(entry)
    progress.step(f"round {number}, {name}: {verdict}")


def _overload(setup, scenario):
    def step():
        with Rig(setup, scenario, RingVs(setup, scenario)) as rig:
            return rig.overload()
    return step


def _workers(setup, scenario, count):
    """Workers with a source each, that sends to the queue of its own core: so many whole cores do the same work."""
    cores = sorted(setup.cores())[-count:]  # a frame goes to the queue of its number: n workers want cores from 0 on

    def step():
        peer = EagerRingVs(setup, scenario, cores)
        with Rig(setup, scenario, peer, queues=count) as rig:
            return rig.overload(cores)
    return step


def _rules(setup, scenario):
    def step():
        peer = RingVs(setup, scenario)
        with Rig(setup, scenario, peer) as rig:
            measured = rig.overload()
            single, bulk = _single_changes(peer, rig, setup.seconds), _bulk_changes(peer, rig, setup.seconds)
            rules = changes.many_rules(peer.protocol, MANY_SERVICES, SERVERS_OF_EACH)
            began = time.monotonic()
            peer.adm("-R", input=rules)
            restored = time.monotonic() - began
            rate = measured["mpps"] * 1e6 * RULE_LOAD
            sent_before, lost_before, _ = _loss_while(rig, rate, lambda: time.sleep(setup.seconds))
            sent, lost, took = _loss_while(rig, rate, lambda: changes.paced(
                peer.socket(), _others_changes(peer), CHANGES_PER_SECOND, setup.seconds))
            return {"mpps": measured["mpps"], "changes_per_second": single, "bulk_per_second": bulk,
                    "restore_seconds": restored, "many_per_second": len(took) / setup.seconds,
                    "change_ms": {"median": statistics.median(took), "max": max(took),
                                  "p99": sorted(took)[len(took) * 99 // 100]},
                    "sent_before": sent_before, "lost_before": lost_before, "sent": sent, "lost": lost,
                    "connections_missing": rig.connections_missing}
    return step


def _loss_while(rig, pps, action):
    """Frames sent and frames lost at a steady rate while something is done, and what that returned."""
    before = rig.sink.settled()
    source = rig.source(pps)
    rig.warm_up()
    done = action()
    rig.check(source)
    sent = source.stop()["sent"]
    return sent, max(sent - (rig.sink.settled()["frames"] - before["frames"]), 0), done


def _others_changes(peer):
    """Endless edits of real servers of the services that carry no load: each time another service's."""
    for number in itertools.count():
        service = number * 7919 % MANY_SERVICES
        yield ["-e", peer.protocol, f"{changes.address(10, service)}:80", "-r",
               f"{changes.address(11, service * SERVERS_OF_EACH)}:80", "-g", "-w", str(2 + number % 3)]


def _changes(peer, rig):
    """Endless edits of the real server's weight, as arguments of adm."""
    for weight in itertools.cycle((1, 2)):
        yield ["-e", peer.protocol, f"{VIP}:{PORT}", "-r", f"{rig.topology.real_server}:{PORT}", "-g",
               "-w", str(weight)]


def _single_changes(peer, rig, seconds):
    """Changes a second when each is a command of its own, which answers when the change is in effect."""
    began, done = time.monotonic(), 0
    for change in _changes(peer, rig):
        peer.adm(*change)
        done += 1
        if time.monotonic() - began > seconds:
            return done / (time.monotonic() - began)


def _bulk_changes(peer, rig, seconds):
    """Changes a second when a thousand are one command."""
    lines = "".join(" ".join(change) + "\n" for change in itertools.islice(_changes(peer, rig), BULK))
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        peer.adm("-R", input=lines)
        done += BULK
    return done / (time.monotonic() - began)


def _of(result, name, measured):
    return {run["round"]: run[measured] for run in result.runs if run["step"] == name and measured in run}


def _summarize(setup, what, names, result):
    rows = []
    first = _of(result, names[0], "mpps")
    for name in names:
        rates = _of(result, name, "mpps")
        key = f"{what}/{name.split()[0].replace(',', '')}"
        result.figure(f"{key}/mpps", spread(list(rates.values())), "Mpps", "higher")
        if what != "workers":  # whose cores make the frames, too
            result.figure(f"{key}/cpu_ns", spread(list(_of(result, name, "cpu_ns_per_frame").values())), "ns", "lower")
        times = spread([rates[number] / first[number] for number in rates if number in first])
        if name != names[0]:
            result.figure(f"{key}/times_first", times, "ratio", "higher")
        rows.append([name, cell(result.figures.get(f"{key}/mpps")), cell(result.figures.get(f"{key}/cpu_ns"), 0),
                     cell(times)])
    note = f"{setup.rounds} rounds of {setup.seconds:g} s, 60-byte frames, median (least - greatest)."
    if what == "workers":
        note += (" Each worker shares a core with a source of its own, which sends to that core's queue: two cores do "
                 "twice what one does, where nothing is shared.")
    result.tables.append({"title": what.capitalize(), "heads": [what, "Mpps", "ns of CPU a frame", f"times {names[0]}"],
                          "rows": rows, "notes": [note]})
    result.charts.append({"title": f"Scale: {what}", "x": what, "y": "Mpps", "labels": names, "series": [
        {"name": "RingVS", "points": [spread(list(_of(result, name, "mpps").values())) for name in names]}]})


def _summarize_rules(setup, result):
    single, bulk = (_of(result, "rule changes", key) for key in ("changes_per_second", "bulk_per_second"))
    restored = spread(list(_of(result, "rule changes", "restore_seconds").values()))
    result.figure("rules/single", spread(list(single.values())), "changes/s", "higher")
    result.figure("rules/bulk", spread(list(bulk.values())), "changes/s", "higher")
    result.figure("rules/restore", restored, "s", "lower")
    took = _of(result, "rule changes", "change_ms").values()
    rows = [["one command each (ringvs adm -e)", cell(result.figures.get("rules/single"), 0)],
            [f"{BULK} in one command (ringvs adm -R)", cell(result.figures.get("rules/bulk"), 0)]]
    result.tables.append({"title": "Rule changes", "heads": ["how", "changes a second"], "rows": rows, "notes": [
        f"One service, without load. {setup.rounds} rounds."]})
    rows = [["-R of all, s", cell(restored, 2)]]
    for name in ("median", "p99", "max"):
        result.figure(f"rules/change_{name}", spread([each[name] for each in took]), "ms", "lower")
        rows.append([f"one change in effect after, ms: {name}", cell(result.figures.get(f"rules/change_{name}"), 2)])
    lost, sent, lost_before, sent_before = (
        sum(_of(result, "rule changes", key).values()) for key in ("lost", "sent", "lost_before", "sent_before"))
    rate = spread(list(_of(result, "rule changes", "many_per_second").values()))
    rows.append(["changes a second meanwhile", cell(rate, 0)])
    rows.append(["frames lost of an untouched service", f"{lost:,} of {sent:,}"])
    rows.append(["the same without changes", f"{lost_before:,} of {sent_before:,}"])
    result.figure("rules/lost", spread(list(_of(result, "rule changes", "lost").values())), "frames", "lower")
    result.tables.append({
        "title": f"Changes on top of {MANY_SERVICES:,} services with {SERVERS_OF_EACH} real servers each, under load",
        "heads": ["what", "reading"], "rows": rows, "notes": [
            f"At {RULE_LOAD:.0%} of the overload rate; one client, which gives at most {CHANGES_PER_SECOND} changes a "
            f"second, each after the one before is in effect. {setup.rounds} rounds."]})
