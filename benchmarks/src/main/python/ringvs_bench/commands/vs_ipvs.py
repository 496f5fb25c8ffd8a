# SPDX-License-Identifier: Apache-2.0
"""RingVS and kernel IPVS in turn, on the same virtual links, in one boot of a guest that has both.

Also what kernel IPVS itself spends on a frame, in user-mode Linux: native code on this machine's CPU.
"""
import json
import os
import shlex
import shutil
import sys
import tempfile

from ..figures import spread
from ..guests import DebianKernel, Qemu, run_user_mode_linux
from ..results import Result, cell
from ..session import Progress, measure, say
from ..setup import BENCHMARKS, REPOSITORY, modes, numbers, parse, parser, positive
from ..topology import CommandFailed

QUICK = {"rounds": 1, "seconds": 1, "flows": [1000], "uml_flows": [1000, 100_000],
         "uml_frames": 1_000_000, "mode": ["dr"]}
PARTS = {"qemu", "uml"}
EMULATION_SLOWNESS = 10
CHURN_WARM_UP = 8  # seconds, natively
GUEST_SECONDS = 7200  # at most, for one boot
TABLE_BITS = 20  # kernel IPVS as one would set it up for a million connections
LEAST_NEW = 50_000  # new connections that take long enough to be timed
UML_MODES = ("dr", "tun", "nat")


def main(arguments):
    made = parser("vs-ipvs", __doc__.split("\n", maxsplit=1)[0])
    made.add_argument("--mode", type=modes, default=["dr", "nat"], help="in the QEMU guest (dr,nat)")
    made.add_argument("--flows", type=numbers, default=[1000, 100_000], help="in the QEMU guest (%(default)s)")
    made.add_argument("--uml-flows", type=numbers, default=[1, 1000, 100_000, 1_000_000],
                      help="in user-mode Linux (%(default)s)")
    made.add_argument("--uml-frames", type=positive, default=5_000_000, help="of each measurement there (%(default)s)")
    made.add_argument("--only", choices=sorted(PARTS), help="one of the two guests (both)")
    return measure("vs-ipvs", parse(made, arguments, QUICK), vs_ipvs)


def vs_ipvs(setup):
    """Runs both guests."""
    result = Result("RingVS beside kernel IPVS")
    for part, work in (("uml", _user_mode_linux), ("qemu", _qemu)):
        if setup.only in (None, part):
            try:
                work(setup, result)
            except CommandFailed as failure:
                say(f"FAILED: {failure}")
                result.fail(part, failure)
    return result


def _user_mode_linux(setup, result):
    progress = Progress(setup.rounds)
    taken, version = {}, None
    for number in range(1, setup.rounds + 1):
        measured, version = run_user_mode_linux(setup.uml_flows, setup.uml_frames, 4096, GUEST_SECONDS,
                                                lambda line: say("  " + line) if line.startswith("RESULT") else None)
        for what, flows, mpps in measured:
            taken.setdefault((what, flows), {})[number] = 1000 / mpps
        result.runs.append({"round": number, "guest": "uml", "measured": measured})
        progress.step(f"round {number}: user-mode Linux {version}")
    rows = []
    for flows in setup.uml_flows:
        row = [f"{flows:,}"]
        for what in ("forward",) + UML_MODES + tuple(f"new-{mode}" for mode in UML_MODES):
            floor = taken[("receive", flows)]
            net = spread([ns - floor[number] for number, ns in taken[(what, flows)].items()])
            if what.startswith("new-") and flows < LEAST_NEW:
                net = None
            result.figure(f"uml/{what}/{flows}-flows/ns", net, "ns", "lower")
            row.append(cell(net, 0))
        rows.append(row)
    result.tables.append({
        "title": "What the kernel itself spends: user-mode Linux", "rows": rows,
        "heads": ["flows", "IP forwarding, ns"] + [f"IPVS {mode.upper()}, ns" for mode in UML_MODES]
        + [f"new connection {mode.upper()}, ns" for mode in UML_MODES],
        "notes": [f"Linux {version} as a process on this CPU; receiving in lists of 64, leaving by a device that "
                  f"drops, no driver of a network card; conn_tab_bits={TABLE_BITS}. What making, receiving and dropping "
                  "the same frames costs is subtracted. Its memory is mapped by the host in small pages."]})
    result.charts.append({"title": "Kernel IPVS by itself (user-mode Linux)", "x": "flows", "y": "ns a frame",
                          "labels": [row[0] for row in rows], "series": [
                              {"name": what, "points": [result.figures[f"uml/{what}/{flows}-flows/ns"]
                                                        for flows in setup.uml_flows]}
                              for what in ("forward",) + UML_MODES]})


def _qemu(setup, result):
    kernel = DebianKernel.fetch()
    with tempfile.TemporaryDirectory(prefix="ringvs-bench-guest-") as folder, Qemu(kernel, folder) as guest:
        say("trying hardware virtualisation")
        acceleration = guest.choose_acceleration()
        say(f"QEMU guest with Linux {kernel.version} of {kernel.suite}, {acceleration}")
        guest.script(_script(setup, 1 if acceleration == "kvm" else EMULATION_SLOWNESS))
        spoken = []

        def heard(line):
            if line.startswith(("[", "measuring", "ringvs bench", "ZEROCOPY", "FAILED")) and not line.startswith("[  "):
                say("  " + line)
            spoken.append(line)
        try:
            guest.run(GUEST_SECONDS, heard)
        finally:
            _keep_log(setup, spoken)
        _take_over(guest, result, kernel, acceleration)
        zero_copy = [line.removeprefix("ZEROCOPY ") for line in spoken if line.startswith("ZEROCOPY ")]
        result.tables.append({"title": "AF_XDP zero-copy in the guest", "heads": ["interface", "bind mode in force"],
                              "rows": [["multi-queue virtio-net", line] for line in zero_copy or ["not tried"]]})


def _keep_log(setup, spoken):
    if setup.out:
        os.makedirs(setup.out, exist_ok=True)
        with open(os.path.join(setup.out, "guest.log"), "w", encoding="utf-8") as log:
            log.write("\n".join(spoken) + "\n")


def _script(setup, slowness):
    """What the guest's shell does: load the modules, run the harness, look at zero-copy."""
    bench = f"{shlex.quote(sys.executable)} {shlex.quote(BENCHMARKS)}/bin"
    common = f"--rounds {setup.rounds} --seconds {setup.seconds} --out /run/guest/out --slow {slowness} " \
             f"--ringvs /run/guest/out/ringvs --idle {setup.idle} --mode {','.join(setup.mode)}"
    churn = "--connections 2_000_000 --offered 100_000 --warm-up-pps 20_000"
    if setup.warm_up is not None:
        common += f" --warm-up {setup.warm_up}"
    else:
        churn += f" --warm-up {CHURN_WARM_UP * slowness}"
    java = shutil.which("java")
    return f"""
export PATH={shlex.quote(os.environ['PATH'])} HOME=/root PYTHONDONTWRITEBYTECODE=1
ulimit -l unlimited
mkdir -p /usr/lib/modules && mount --bind /run/guest/lib/modules /usr/lib/modules
modprobe ip_vs conn_tab_bits={TABLE_BITS}
modprobe -a ip_vs_wlc veth tun sch_ingress cls_bpf nf_conntrack ipip
cat > /run/guest/out/ringvs <<'END'
#!/bin/bash
[ "$1" = run ] || exec {shlex.quote(REPOSITORY)}/ringvs "$@"
target={shlex.quote(REPOSITORY)}/director/target
exec {java} @$target/jvm.options -cp "$target/lib/*:$target/classes" io.ringvs.director.Main "$@"
END
chmod +x /run/guest/out/ringvs
{bench}/forward {common} --flows {','.join(map(str, setup.flows))} --frames 60 --peers ringvs,ipvs,kernel 2>&1
{bench}/churn {common} --peers ringvs,ipvs {churn} 2>&1
{ZERO_COPY}"""


# Which bind mode RingVS gets on the guest's network card.
ZERO_COPY = """
modprobe virtio_net
sleep 1
card=$(ls -d /sys/bus/virtio/drivers/virtio_net/virtio*/net/* | head -n 1)
card=${card##*/}
ethtool -L "$card" combined 2
ip link set "$card" up
export RINGVS_SOCKET=/run/zero-copy.sock
/run/guest/out/ringvs run --interface "$card" --no-save >/run/zero-copy.log 2>&1 &
for try in $(seq 60); do
    /run/guest/out/ringvs status >/run/status 2>/dev/null && break
    sleep 1
done
{ grep 'AF_XDP socket' /run/status || tail -n 2 /run/zero-copy.log; } | sed 's/^ */ZEROCOPY /'
grep -i -E 'copy' /run/zero-copy.log | sed 's/^ */ZEROCOPY log: /'
kill %1
wait
"""


def _take_over(guest, result, kernel, acceleration):
    """The guest's own results become parts of this one."""
    how = "hardware virtualisation"
    if acceleration != "kvm":
        how = "software emulation (hardware virtualisation did not work)"
    for command in ("forward", "churn"):
        path = os.path.join(guest.out, f"{command}.json")
        if not os.path.exists(path):
            result.fail("qemu", f"the guest wrote no results of {command}")
            continue
        with open(path, encoding="utf-8") as file:
            inner = json.load(file)
        result.figures.update({f"qemu/{key}": figure for key, figure in inner["figures"].items()})
        for table in inner["tables"]:
            notes = table["notes"] + [
                f"In a QEMU guest by {how}, Linux {kernel.version} ({kernel.suite}), conn_tab_bits={TABLE_BITS}. "
                "Ratios count; emulated, absolute figures say nothing about hardware."]
            result.tables.append({**table, "title": f"QEMU guest: {table['title']}", "notes": notes})
        result.charts += [{**chart, "title": f"QEMU guest: {chart['title']}"} for chart in inner["charts"]]
        result.failures += [f"in the guest: {failure}" for failure in inner["failures"]]
        result.runs.append({"guest": "qemu", "command": command, "runs": inner["runs"]})
