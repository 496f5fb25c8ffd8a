# SPDX-License-Identifier: Apache-2.0
"""Kernel IPVS and RingVS by themselves, in turn, both as native code on this CPU and without any network card's driver.

IPVS runs in user-mode Linux, RingVS's packet path between rings in memory (JMH). What making, receiving and dropping
the same frames costs is subtracted from either.
"""
from .figures import ratios, spread
from .guests import run_user_mode_linux
from .jmh import run_jmh
from .results import cell
from .session import Progress, say

MEMORY_MB = 4096
GUEST_SECONDS = 3600  # at most, for one boot
MODES = {"dr": "DIRECT", "tun": "IPIP", "nat": "NAT"}  # what the benchmark calls them
LEAST_NEW = 50_000  # new connections that take long enough to be timed
LEAST_IN_MEMORY = 64  # flows: a batch


def measure_natively(setup, result, table_bits):
    """Adds figures, tables and a plot of both to the result."""
    progress = Progress(setup.rounds)
    taken, version = {}, None
    for number in range(1, setup.rounds + 1):
        measured, version = run_user_mode_linux(setup.uml_flows, setup.uml_frames, MEMORY_MB, GUEST_SECONDS,
                                                lambda line: say("  " + line) if line.startswith("RESULT") else None)
        for what, flows, mpps in measured:
            taken.setdefault((what, flows), {})[number] = 1000 / mpps
        in_memory = _in_memory(setup, [flows for flows in setup.uml_flows if flows >= LEAST_IN_MEMORY])
        for key, ns in in_memory.items():
            taken.setdefault(key, {})[number] = ns
        result.runs.append({"round": number, "guest": "uml", "measured": measured,
                            "in_memory": [[*key, ns] for key, ns in in_memory.items()]})
        progress.step(f"round {number}: user-mode Linux {version}, and RingVS in memory")
    _kernel_table(setup, result, taken, version, table_bits)
    _both_table(setup, result, taken)


def _in_memory(setup, flows):
    """RingVS's nanoseconds by ("ringvs-" what, flows): each mode, the bare rings, and new connections (flows 0)."""
    if not flows:
        return {}
    params = ["-p", "connections=" + ",".join(map(str, flows))]
    modes = params + ["-p", "forwarding=" + ",".join(MODES.values())]
    found = {}
    for pattern, arguments in (("PacketPathBenchmark.forward", modes),
                               ("PacketPathBenchmark.ringsOnly", params + ["-p", "forwarding=DIRECT"]),
                               ("NewConnectionBenchmark.open", [])):
        for each in run_jmh(setup, "--short", pattern, *arguments):
            count = int(each["params"]["connections"]) if "params" in each else 0
            what = each["benchmark"].rsplit(".", 1)[1]
            if what == "forward":
                what = next(mode for mode, name in MODES.items() if name == each["params"]["forwarding"])
            found[("ringvs-" + what, count)] = each["primaryMetric"]["score"]
            say(f"  RingVS {what} {count or ''}: {each['primaryMetric']['score']:.1f} ns")
    return found


def _net(taken, what, floor):
    """By round: what is left when the floor's cost is subtracted."""
    return {number: ns - taken[floor][number] for number, ns in taken.get(what, {}).items() if floor in taken}


def _kernel_table(setup, result, taken, version, table_bits):
    rows = []
    for flows in setup.uml_flows:
        row = [f"{flows:,}"]
        for what in ("forward", *MODES, *(f"new-{mode}" for mode in MODES)):
            net = spread(list(_net(taken, (what, flows), ("receive", flows)).values()))
            if what.startswith("new-") and flows < LEAST_NEW:
                net = None
            result.figure(f"uml/{what}/{flows}-flows/ns", net, "ns", "lower")
            row.append(cell(net, 0))
        rows.append(row)
    result.tables.append({
        "title": "What the kernel itself spends: user-mode Linux", "rows": rows,
        "heads": ["flows", "IP forwarding, ns"] + [f"IPVS {mode.upper()}, ns" for mode in MODES]
        + [f"new connection {mode.upper()}, ns" for mode in MODES],
        "notes": [f"Linux {version} as a process on this CPU; receiving in lists of 64, leaving by a device that "
                  f"drops, no driver of a network card; conn_tab_bits={table_bits}. What making, receiving and "
                  "dropping the same frames costs is subtracted. Its memory is mapped by the host in small pages."]})
    result.charts.append({"title": "Kernel IPVS by itself (user-mode Linux)", "x": "flows", "y": "ns a frame",
                          "labels": [row[0] for row in rows], "series": [
                              {"name": what, "points": [result.figures[f"uml/{what}/{flows}-flows/ns"]
                                                        for flows in setup.uml_flows]}
                              for what in ("forward", *MODES)]})


def _both_table(setup, result, taken):
    rows = []
    for flows in setup.uml_flows:
        for mode in MODES:
            _both_row(f"{mode.upper()}, {flows:,} flows", f"native/{mode}/{flows}-flows",
                      _net(taken, (f"ringvs-{mode}", flows), ("ringvs-ringsOnly", flows)),
                      _net(taken, (mode, flows), ("receive", flows)), rows, result)
    most = max(setup.uml_flows)
    if most >= LEAST_NEW:
        _both_row("new connection, DR", "native/new-dr", taken.get(("ringvs-open", 0), {}),
                  _net(taken, ("new-dr", most), ("receive", most)), rows, result)
    result.tables.append({
        "title": "Kernel IPVS and RingVS by themselves, ns a frame", "rows": rows,
        "heads": ["", "RingVS", "kernel IPVS", "kernel IPVS / RingVS"],
        "notes": ["Native code on this CPU in one run. RingVS: from RX ring to TX ring in memory, batches of 64, "
                  "without the bare rings' cost (a new connection with it, and with an older one's end). IPVS: as "
                  "above. Neither has a driver: a card's comes on top of both, AF_XDP's own part on top of RingVS."]})


def _both_row(title, key, ringvs, ipvs, rows, result):
    if not ringvs:
        return
    result.figure(f"{key}/ringvs_ns", spread(list(ringvs.values())), "ns", "lower")
    result.figure(f"{key}/ipvs:ringvs", spread(ratios(ipvs, ringvs)), "ratio", "higher")
    rows.append([title, cell(spread(list(ringvs.values())), 0), cell(spread(list(ipvs.values())), 0),
                 cell(spread(ratios(ipvs, ringvs)), 1)])
