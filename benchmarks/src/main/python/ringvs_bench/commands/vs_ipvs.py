# SPDX-License-Identifier: Apache-2.0
"""RingVS and kernel IPVS in turn, on the same virtual links, in one boot of a guest that has both.

Also what either spends on a frame by itself: kernel IPVS in user-mode Linux, RingVS in memory, on this machine's CPU.
"""
import json
import os
import shlex
import shutil
import sys
import tempfile
from contextlib import contextmanager

from ..guests import (CARD_SERVER, FRAMES_THROUGH_CARD, IPVS_SUITES, PPS_THROUGH_CARD, ZERO_COPY_SUITES,
                      DebianKernel, Qemu)
from ..native import measure_natively
from ..results import Result
from ..session import measure, say
from ..setup import BENCHMARKS, REPOSITORY, modes, numbers, parse, parser, positive
from ..topology import DIRECTOR_ADDRESS, REAL_SERVER_MAC, VIP, CommandFailed

QUICK = {"rounds": 1, "seconds": 1, "flows": [1000], "uml_flows": [1000, 100_000],
         "uml_frames": 1_000_000, "mode": ["dr"]}
PARTS = ("uml", "qemu", "zero-copy")
EMULATION_SLOWNESS = 20
CHURN_WARM_UP = 4  # seconds, natively
# of two cores in a guest much more is lost now and then than of real ones
LATENCY = "--loads 50 --loss 0.01 --rounds 1"
GUEST_SECONDS = 7200  # at most, for one boot
TABLE_BITS = 20  # kernel IPVS as one would set it up for a million connections


def main(arguments):
    made = parser("vs-ipvs", __doc__.split("\n", maxsplit=1)[0])
    made.add_argument("--mode", type=modes, default=["dr", "nat"], help="in the QEMU guest (dr,nat)")
    made.add_argument("--flows", type=numbers, default=[1000, 100_000], help="in the QEMU guest (%(default)s)")
    made.add_argument("--uml-flows", type=numbers, default=[1, 1000, 100_000, 1_000_000],
                      help="in user-mode Linux (%(default)s)")
    made.add_argument("--uml-frames", type=positive, default=5_000_000, help="of each measurement there (%(default)s)")
    made.add_argument("--only", choices=PARTS, help="one of the guests (all)")
    return measure("vs-ipvs", parse(made, arguments, QUICK), vs_ipvs)


def vs_ipvs(setup):
    """Runs the guests."""
    result = Result("RingVS beside kernel IPVS")
    for part, work in zip(PARTS, (_natively, _qemu, _zero_copy)):
        if setup.only in (None, part):
            try:
                work(setup, result)
            except CommandFailed as failure:
                say(f"FAILED: {failure}")
                result.fail(part, failure)
    return result


def _natively(setup, result):
    measure_natively(setup, result, TABLE_BITS)


def _qemu(setup, result):
    with _guest(IPVS_SUITES) as guest:
        guest.script(_script(setup, 1 if guest.has_kvm() else EMULATION_SLOWNESS))
        _listen(setup, guest, "guest.log")
        _take_over(guest, result)


def _zero_copy(setup, result):
    """Which bind mode RingVS gets on the guest's network card, and whether frames come through."""
    with _guest(ZERO_COPY_SUITES) as guest:
        guest.script(_prelude() + ZERO_COPY)
        counted = []

        def heard(line):
            if line.startswith("READY "):
                counted.append(guest.through_card(setup, line.split()[1]))
                guest.tell("sent")
        spoken = _listen(setup, guest, "zero-copy.log", heard)
        said = [line.removeprefix("ZEROCOPY ") for line in spoken if line.startswith("ZEROCOPY ")]
        if not said:
            raise CommandFailed("the guest did not say which bind mode was in force")
        for sent, came in counted:
            said.append(f"{came:,} of {sent:,} frames came back as they should, to the real server's MAC address")
            if came != sent:
                result.fail("zero-copy", f"{sent - came} of {sent} frames did not come back through the card")
        result.tables.append({
            "title": "AF_XDP zero-copy in a guest", "heads": ["multi-queue virtio-net: bind mode in force, and traffic"],
            "rows": [[line] for line in said], "notes": [
                f"Linux {guest.kernel.version} ({guest.kernel.suite}), {guest.how()}, which is why no rate is told: "
                f"{FRAMES_THROUGH_CARD:,} SYNs at {PPS_THROUGH_CARD:,} a second."]})


@contextmanager
def _guest(suites):
    kernel = DebianKernel.fetch(suites)
    with tempfile.TemporaryDirectory(prefix="ringvs-bench-guest-") as folder, Qemu(kernel, folder) as guest:
        say("trying hardware virtualisation")
        guest.choose_acceleration()
        say(f"QEMU guest with Linux {kernel.version} of {kernel.suite}, {guest.how()}")
        yield guest


def _listen(setup, guest, log, also=lambda line: None):
    """Runs the guest's script, shows its progress, gives each line to `also`, and returns all of them."""
    spoken = []

    def heard(line):
        also(line)
        if line.startswith(("[", "measuring", "ringvs bench", "ZEROCOPY", "FAILED")) and not line.startswith("[  "):
            say("  " + line)
        spoken.append(line)
    try:
        guest.run(GUEST_SECONDS, heard)
    finally:
        _keep_log(setup, spoken, log)
    return spoken


def _keep_log(setup, spoken, name):
    if setup.out:
        os.makedirs(setup.out, exist_ok=True)
        with open(os.path.join(setup.out, name), "w", encoding="utf-8") as log:
            log.write("\n".join(spoken) + "\n")


def _script(setup, slowness):
    """What the guest's shell does: load the modules, run the harness."""
    bench = f"{shlex.quote(sys.executable)} {shlex.quote(BENCHMARKS)}/bin"
    common = f"--rounds {setup.rounds} --seconds {setup.seconds} --out /run/guest/out --slow {slowness} " \
             f"--ringvs /run/guest/out/ringvs --idle {setup.idle} --mode {','.join(setup.mode)}"
    churn = "--connections 2_000_000 --offered 100_000 --warm-up-pps 20_000"
    if setup.warm_up is not None:
        common += f" --warm-up {setup.warm_up}"
    else:
        churn += f" --warm-up {CHURN_WARM_UP * slowness}"
    return f"""{_prelude()}
modprobe ip_vs conn_tab_bits={TABLE_BITS}
modprobe -a ip_vs_wlc sch_ingress cls_bpf nf_conntrack ipip
{bench}/forward {common} --flows {','.join(map(str, setup.flows))} --frames 60 --peers ringvs,ipvs,kernel 2>&1
{bench}/churn {common} --peers ringvs,ipvs {churn} 2>&1
{bench}/latency {common} --peers ringvs,ipvs,kernel --flows {max(setup.flows)} {LATENCY} 2>&1
"""


def _prelude():
    """What every guest needs, and RingVS as a command that does not look whether it has to be built."""
    return f"""
export PATH={shlex.quote(os.environ['PATH'])} HOME=/root PYTHONDONTWRITEBYTECODE=1
ulimit -l unlimited
mkdir -p /usr/lib/modules && mount --bind /run/guest/lib/modules /usr/lib/modules
modprobe -a veth tun
cat > /run/guest/out/ringvs <<'END'
#!/bin/bash
[ "$1" = run ] || exec {shlex.quote(REPOSITORY)}/ringvs "$@"
target={shlex.quote(REPOSITORY)}/director/target
exec {shutil.which("java")} @$target/jvm.options -cp "$target/lib/*:$target/classes" io.ringvs.director.Main "$@"
END
chmod +x /run/guest/out/ringvs
"""


ZERO_COPY = f"""
modprobe virtio_net
sleep 1
card=$(ls -d /sys/bus/virtio/drivers/virtio_net/virtio*/net/* | head -n 1)
card=${{card##*/}}
ethtool -L "$card" combined 2
ip link set "$card" up
ip addr add {DIRECTOR_ADDRESS}/24 dev "$card"
ip addr add {VIP}/32 dev lo
ip neigh replace {CARD_SERVER} lladdr {REAL_SERVER_MAC} dev "$card" nud permanent
export RINGVS_SOCKET=/run/zero-copy.sock
/run/guest/out/ringvs run --interface "$card" --no-save >/run/zero-copy.log 2>&1 &
for try in $(seq 60); do
    /run/guest/out/ringvs status >/run/status 2>/dev/null && break
    sleep 1
done
{{ grep 'AF_XDP socket' /run/status || tail -n 2 /run/zero-copy.log; }} | sed 's/^ */ZEROCOPY /'
/run/guest/out/ringvs adm -A -t {VIP}:80 -s rr
/run/guest/out/ringvs adm -a -t {VIP}:80 -r {CARD_SERVER}:80 -g
echo "READY $(cat "/sys/class/net/$card/address")"
for try in $(seq 200); do [ -e /run/guest/out/sent ] && break; sleep 1; done
kill %1
wait
"""


def _take_over(guest, result):
    """The guest's own results become parts of this one."""
    kernel = guest.kernel
    for command in ("forward", "churn", "latency"):
        path = os.path.join(guest.out, f"{command}.json")
        if not os.path.exists(path):
            result.fail("qemu", f"the guest wrote no results of {command}")
            continue
        with open(path, encoding="utf-8") as file:
            inner = json.load(file)
        result.figures.update({f"qemu/{key}": figure for key, figure in inner["figures"].items()})
        for table in inner["tables"]:
            notes = table["notes"] + [
                f"In a QEMU guest, {guest.how()}, Linux {kernel.version} ({kernel.suite}), "
                f"conn_tab_bits={TABLE_BITS}; AF_XDP on veth in copy mode, which is all that veth has. Ratios count; "
                "emulated, absolute figures say nothing about hardware."]
            result.tables.append({**table, "title": f"QEMU guest: {table['title']}", "notes": notes})
        result.charts += [{**chart, "title": f"QEMU guest: {chart['title']}"} for chart in inner["charts"]]
        result.failures += [f"in the guest: {failure}" for failure in inner["failures"]]
        result.runs.append({"guest": "qemu", "command": command, "runs": inner["runs"]})
