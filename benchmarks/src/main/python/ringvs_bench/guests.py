# SPDX-License-Identifier: Apache-2.0
"""Virtual machines with a kernel that has IPVS: Debian's in QEMU, and user-mode Linux."""
import glob
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from .session import say
from .setup import BENCHMARKS, Setup
from .topology import PREFIX, SOURCE_MAC, VIP, CommandFailed, Topology, remove_namespace, run
from .traffic import Sink

IPVS_SUITES = ("bookworm-backports", "bookworm")
# virtio_net offers zero-copy (NETDEV_XDP_ACT_XSK_ZEROCOPY) from Linux 6.13 on, when it also sends that way
ZERO_COPY_SUITES = ("trixie-backports",) + IPVS_SUITES
GUEST_MODULES = ("9pnet_virtio", "9p", "overlay")
GUEST_SCRIPTS = os.path.join(BENCHMARKS, "src/main/guest")
CACHE = os.path.join(BENCHMARKS, "target/guest")
PROBE_SECONDS = 20
TAP = "tap0"
TAP_QUEUES = 4  # two of the guest's cores, and as many again for what XDP sends
CARD_SERVER = "192.168.1.220"  # behind the card
FRAMES_THROUGH_CARD, PPS_THROUGH_CARD, SECONDS_THROUGH_CARD = 10_000, 1000, 30
# the guest has no room for the host's vector registers: uml_registers.c
PLAIN_REGISTERS = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512VL,-AVX512BW"


class DebianKernel:
    """A kernel of Debian's, unpacked, not installed: vmlinuz, modules, and an initial RAM disk for our guests."""

    def __init__(self, suite, package, folder):
        self.suite = suite
        self.package = package
        self.folder = folder
        self.modules = f"{folder}/lib/modules"
        self.version, = os.listdir(self.modules)
        self.image, = glob.glob(f"{folder}/boot/vmlinuz-*") + glob.glob(f"{self.modules}/*/vmlinuz")

    @classmethod
    def fetch(cls, suites):
        """Of the first of these suites that can be had; kept under target/."""
        for suite in suites:
            try:
                return cls._fetch(suite)
            except CommandFailed as failure:
                say(f"no kernel of {suite}: {failure}")
        raise CommandFailed("Debian's kernel for the guest cannot be had")

    @classmethod
    def _fetch(cls, suite):
        lists = os.path.join(CACHE, suite)
        os.makedirs(f"{lists}/lists/partial", exist_ok=True)
        apt = ["-qq", "-o", f"Dir::Etc::SourceList={lists}/sources.list", "-o", "Dir::Etc::SourceParts=/dev/null",
               "-o", f"Dir::State::Lists={lists}/lists", "-o", "APT::Sandbox::User=root"]
        with open(f"{lists}/sources.list", "w", encoding="utf-8") as sources:
            sources.write(f"deb {_repository()} {suite} main\n")
        run("apt-get", *apt, "update")
        depends = run("apt-cache", *apt, "depends", "linux-image-amd64")
        package = next(line.split()[-1] for line in depends.splitlines() if "Depends: linux-image-" in line)
        folder = os.path.join(CACHE, package)
        if not os.path.isdir(folder):
            say(f"fetching {package} of {suite} (about 100 MB, kept in benchmarks/target)")
            with tempfile.TemporaryDirectory(dir=CACHE) as unpacked:
                run("apt-get", *apt, "download", package, *_parts(apt, package), cwd=unpacked)
                for archive in glob.glob(f"{unpacked}/*.deb"):
                    run("dpkg-deb", "-x", archive, f"{unpacked}/root")
                if not os.path.isdir(f"{unpacked}/root/lib"):  # newer suites have nothing in /lib itself
                    os.symlink("usr/lib", f"{unpacked}/root/lib")
                version, = os.listdir(f"{unpacked}/root/lib/modules")
                run("depmod", "-b", f"{unpacked}/root", version)
                os.rename(f"{unpacked}/root", folder)
        return cls(suite, package, folder)

    def initial_ram_disk(self, folder):
        """Makes one that runs qemu-init.sh; returns its path."""
        root = os.path.join(folder, "root")
        for directory in ("bin", "proc", "sys", "dev", "modules"):
            os.makedirs(os.path.join(root, directory))
        shutil.copy("/bin/busybox", f"{root}/bin/busybox")
        shutil.copy(f"{GUEST_SCRIPTS}/qemu-init.sh", f"{root}/init")
        order = []
        for module in GUEST_MODULES:
            for line in run("modprobe", "-d", self.folder, "-S", self.version, "--show-depends", module).splitlines():
                path = line.split()[1]
                name = os.path.basename(path).removesuffix(".xz")
                if line.startswith("insmod") and name not in order:
                    order.append(name)
                    with open(f"{root}/modules/{name}", "wb") as unpacked:
                        subprocess.run(["xzcat", path] if path.endswith(".xz") else ["cat", path], stdout=unpacked,
                                       check=True)
        with open(f"{root}/modules/order", "w", encoding="ascii") as file:
            file.write("\n".join(order) + "\n")
        archive = os.path.join(folder, "initrd")
        run("sh", "-c", 'cd "$1" && find . | busybox cpio -o -H newc >"$2" 2>/dev/null', "sh", root, archive)
        return archive


def _parts(apt, package):
    """The packages that newer suites divide a kernel into."""
    found = re.findall(r"Depends: (linux-(?:binary|modules)-\S+)", run("apt-cache", *apt, "depends", package))
    return sorted(set(found))


def _repository():
    """Where this machine gets its Debian packages from."""
    for line in run("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)").splitlines():
        uri, codename, component = (line.split() + ["", ""])[:3]
        if (codename, component) == ("bookworm", "main"):
            return uri
    raise CommandFailed("this machine's package sources do not name Debian 12 (bookworm)")


class Wire:
    """The host's end of the guest's card, as a sink sees it."""

    receiver_if = TAP
    real_server = CARD_SERVER
    start = staticmethod(Topology.start)

    def __init__(self, namespace):
        self.receiver_ns = namespace


class Qemu:
    """A guest whose root is the host's file system with a writable layer in memory; it exists in a `with` block."""

    def __init__(self, kernel, folder, memory_mb=4096):
        self.kernel = kernel
        self.folder = folder
        self.memory_mb = memory_mb
        self.out = os.path.join(folder, "out")
        os.makedirs(self.out, exist_ok=True)
        self.initrd = kernel.initial_ram_disk(folder)
        self.acceleration = None
        self.namespace = f"{PREFIX}-{os.getpid()}-vm"

    def __enter__(self):
        try:
            run("ip", "netns", "add", self.namespace)
            run("ip", "netns", "exec", self.namespace, "ip", "tuntap", "add", TAP, "mode", "tap", "multi_queue")
            run("ip", "-n", self.namespace, "link", "set", TAP, "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        remove_namespace(self.namespace)

    def choose_acceleration(self):
        """Hardware virtualisation when it boots the guest, else software emulation."""
        self.script("exit 0\n")
        self.acceleration = "kvm"
        if not (os.path.exists("/dev/kvm") and self._boots(PROBE_SECONDS)):
            self.acceleration = "tcg,thread=multi"

    def has_kvm(self):
        return self.acceleration == "kvm"

    def how(self):
        """In words, for a report."""
        return "hardware virtualisation" if self.has_kvm() else \
            "software emulation (hardware virtualisation did not work)"

    def script(self, text):
        """What the guest will run."""
        with open(f"{self.out}/run.sh", "w", encoding="utf-8") as file:
            file.write(text)

    def tell(self, word):
        """Makes a file of that name in the folder that the guest knows as /run/guest/out."""
        with open(os.path.join(self.out, word), "w", encoding="ascii"):
            pass

    def through_card(self, setup, mac):
        """Sends first frames of many flows to the guest's card; returns how many, and how many came back forwarded."""
        sink = Sink(setup, Wire(self.namespace), "dr", "tc")
        try:
            run("ip", "netns", "exec", self.namespace, setup.tool("flowgen"), "--interface", TAP, "--from", SOURCE_MAC,
                "--to", mac, "--vip", VIP, "--mode", "syn", "--flows", str(FRAMES_THROUGH_CARD),
                "--pps", str(PPS_THROUGH_CARD), "--once")
            deadline = time.monotonic() + SECONDS_THROUGH_CARD
            while sink.latest()["frames"] < FRAMES_THROUGH_CARD and time.monotonic() < deadline:
                pass
            counted = sink.latest()
        finally:
            sink.stop()
        return FRAMES_THROUGH_CARD, counted["frames"] - counted["broken"]

    def run(self, seconds, heard):
        """Runs the script; every line the guest prints goes to heard(line). Raises when it did not end well."""
        lines = self._boot(seconds, heard)
        if "DONE" not in lines:
            raise CommandFailed("the guest did not end as it should: " + "; ".join(lines[-3:]))

    def _boots(self, seconds):
        try:
            return "DONE" in self._boot(seconds, lambda line: None)
        except CommandFailed:
            return False

    def _boot(self, seconds, heard):
        share = "local,security_model=none,multidevs=remap"
        command = [
            "ip", "netns", "exec", self.namespace, "qemu-system-x86_64", "-accel", self.acceleration, "-cpu", "max",
            "-smp", "2", "-m", str(self.memory_mb), "-nographic", "-no-reboot", "-kernel", self.kernel.image,
            "-initrd", self.initrd,
            "-append", "console=ttyS0 quiet panic=-1 mitigations=off ringvs.run=/run/guest/out/run.sh",
            "-fsdev", f"{share},id=host,path=/,readonly=on", "-device", "virtio-9p-pci,fsdev=host,mount_tag=host",
            "-fsdev", f"{share},id=out,path={self.out}", "-device", "virtio-9p-pci,fsdev=out,mount_tag=out",
            "-fsdev", f"{share},id=modules,path={self.kernel.modules},readonly=on",
            "-device", "virtio-9p-pci,fsdev=modules,mount_tag=modules", *self._network()]
        return listen(command, seconds, heard)

    @staticmethod
    def _network():
        """A multi-queue virtio-net card as AF_XDP zero-copy wants it: no offloads on receiving, DMA through the API."""
        return ["-netdev", f"tap,id=wire,ifname={TAP},script=no,downscript=no,queues={TAP_QUEUES}",
                "-device", f"virtio-net-pci,netdev=wire,mq=on,vectors={2 * TAP_QUEUES + 2},iommu_platform=on,"
                "disable-legacy=on,guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off,csum=off,guest_csum=off"]


def listen(command, seconds, heard, env=None):
    """Runs a guest; returns all its lines. It is ended when it takes longer, when KVM gives up, and on Ctrl-C."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True, env=env)
    expired = threading.Event()

    def expire():
        expired.set()
        os.killpg(process.pid, signal.SIGKILL)
    timer = threading.Timer(seconds, expire)
    timer.start()
    lines = []
    try:
        for raw in process.stdout:
            line = raw.decode(errors="replace").strip()
            if line:
                lines.append(line)
                heard(line)
            if "KVM internal error" in line:
                raise CommandFailed(line)
        if expired.is_set():
            raise CommandFailed(f"the guest was not done within {seconds} s")
    finally:
        timer.cancel()
        if process.poll() is None:  # a guest is a group of processes, none of which has anything to save
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()
    return lines


def run_user_mode_linux(flows, frames, memory_mb, seconds, heard):
    """Measures kernel IPVS in a user-mode Linux guest: (what, flows, millions a second), and the kernel's version."""
    command = ["linux.uml", f"mem={memory_mb}M", "rootfstype=hostfs", "rootflags=/", "ro", "quiet",
               f"init={GUEST_SCRIPTS}/uml-init.sh", "con=null", "con0=null,fd:1", PLAIN_REGISTERS,
               f"ringvs.tools={os.path.dirname(Setup.tool('flowgen'))}", f"ringvs.frames={frames}",
               "ringvs.flows=" + ",".join(map(str, flows))]
    return read_results(listen(command, seconds, heard, {**os.environ, "LD_PRELOAD": Setup.tool("uml_registers.so")}))


def read_results(lines):
    """What uml-init.sh printed among the kernel's own lines."""
    if "DONE" not in lines:
        raise CommandFailed("user-mode Linux did not end as it should: " + "; ".join(lines[-3:]))
    results = [line.split()[1:] for line in lines if line.startswith("RESULT ")]
    failed = [line for line in lines if line.startswith("FAILED ")]
    if failed:
        raise CommandFailed("; ".join(failed))
    version = next(line.split()[-1] for line in lines if line.startswith("RUNNING "))
    return [(what, int(flows), float(mpps)) for what, flows, mpps in results], version
