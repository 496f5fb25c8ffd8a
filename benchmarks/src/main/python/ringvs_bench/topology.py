# SPDX-License-Identifier: Apache-2.0
"""The network of one measurement: namespaces, veth pairs, addresses; gone when the `with` block ends.

    one arm   gen:g0 ------ dir:d0          the receiver stands at g0 too, as a client and a real server on one segment
    two arms  gen:g0 ------ dir:d0
              rcv:r0 ------ dir:d1
"""
import ipaddress
import itertools
import os
import re
import signal
import subprocess
import time

VIP = "192.168.1.10"
DIRECTOR_ADDRESS = "192.168.1.213"
SOURCE_MAC = "02:00:00:00:00:01"
DIRECTOR_MAC = "02:00:00:00:00:02"
DIRECTOR_OUT_MAC = "02:00:00:00:00:03"
REAL_SERVER_MAC = "02:00:00:00:00:20"
PREFIX = "rvs-bench"
SERVERS = "172.16.0.0/16"
LOCALS = "172.17.0.0/16"  # FULLNAT's local addresses
MTU = "1600"  # room for a tunnel's header around the longest frame


class CommandFailed(Exception):
    """A command that had to work did not; the message holds the command and what it said."""

    log = ""  # of the peer that was being measured


def run(*command, **options):
    """Runs a command to its end and returns what it printed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(command)}: {done.stdout.strip() or 'exit status %d' % done.returncode}")
    return done.stdout


def stop(process, grace_seconds=10):
    """Ends a child the polite way, and the other way when that takes too long."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def remove_namespace(name):
    """Deletes a namespace and ends what still runs in it."""
    listed = subprocess.run(["ip", "netns", "pids", name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for pid in listed.stdout.split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass
    subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL, check=False)


def remove_leftovers():
    """Deletes namespaces of a benchmark that was killed: their names tell the process they belonged to."""
    for name in re.findall(rf"^{PREFIX}-\d+-\w+", run("ip", "netns"), re.MULTILINE):
        if not os.path.exists(f"/proc/{name.split('-')[2]}"):
            remove_namespace(name)


class Topology:
    """Namespaces and links for one measurement with the given number of arms."""

    def __init__(self, arms, queues=1):
        self.arms = arms
        self.queues = queues
        self.source_ns = f"{PREFIX}-{os.getpid()}-gen"
        self.director_ns = f"{PREFIX}-{os.getpid()}-dir"
        self.receiver_ns = self.source_ns if arms == 1 else f"{PREFIX}-{os.getpid()}-rcv"
        self.director_in = "d0"
        self.director_out = "d0" if arms == 1 else "d1"
        self.receiver_if = "g0" if arms == 1 else "r0"
        self.real_server = "192.168.1.220" if arms == 1 else "192.168.2.220"

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in {self.source_ns, self.director_ns, self.receiver_ns}:
            remove_namespace(name)

    def _build(self):
        for name in sorted({self.source_ns, self.director_ns, self.receiver_ns}):
            run("ip", "netns", "add", name)
            self.sysctl(name, "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1",
                        "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0",
                        "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.default.send_redirects=0")
            run("ip", "-n", name, "link", "set", "lo", "up")
        self._link(self.source_ns, "g0", SOURCE_MAC, "d0", DIRECTOR_MAC, f"{DIRECTOR_ADDRESS}/24")
        if self.arms == 2:
            self._link(self.receiver_ns, "r0", REAL_SERVER_MAC, "d1", DIRECTOR_OUT_MAC, "192.168.2.213/24")
        run("ip", "-n", self.director_ns, "neigh", "replace", self.real_server, "lladdr", REAL_SERVER_MAC,
            "dev", self.director_out, "nud", "permanent")

    def _link(self, host_ns, host_if, host_mac, director_if, director_mac, director_address):
        queues = ("numrxqueues", str(self.queues), "numtxqueues", str(self.queues))
        run("ip", "link", "add", host_if, "address", host_mac, "mtu", MTU, "netns", host_ns, *queues, "type", "veth",
            "peer", "name", director_if, "address", director_mac, "mtu", MTU, "netns", self.director_ns, *queues)
        for namespace, interface in ((host_ns, host_if), (self.director_ns, director_if)):
            # checksums complete in every frame, as a real network card delivers them
            run("ip", "netns", "exec", namespace, "ethtool", "-K", interface, "tx", "off")
            run("ip", "-n", namespace, "link", "set", interface, "up")
        run("ip", "-n", self.director_ns, "addr", "add", director_address, "dev", director_if)

    def route_servers(self, count):
        """Addresses of so many real servers, all behind the one that is there."""
        run("ip", "-n", self.director_ns, "route", "replace", SERVERS, "via", self.real_server)
        return [str(address) for address in itertools.islice(ipaddress.ip_network(SERVERS).hosts(), count)]

    def add_local_addresses(self, count):
        """Gives the director so many addresses for FULLNAT."""
        addresses = [str(address) for address in itertools.islice(ipaddress.ip_network(LOCALS).hosts(), count)]
        run("ip", "-n", self.director_ns, "-batch", "-",
            input="".join(f"addr add {address}/32 dev lo\n" for address in addresses))
        return addresses

    @staticmethod
    def sysctl(namespace, *settings):
        run("ip", "netns", "exec", namespace, "sysctl", "-qw", *settings)

    def write(self, path, text):
        """Writes to a file under the director's own /sys."""
        run("ip", "netns", "exec", self.director_ns, "sh", "-c", 'printf %s "$1" > "$2"', "sh", text, path)

    @staticmethod
    def start(namespace, command, cores, log):
        """Starts a long-running program in a namespace, allowed on the given cores."""
        return subprocess.Popen(
            ["ip", "netns", "exec", namespace, "taskset", "-c", ",".join(map(str, cores)), *command],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)


def kernel_threads(prefix):
    """The ids of the kernel's threads whose names begin so; a tuple: with one of these."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
                if comm.read().startswith(prefix):
                    found.add(int(pid))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def threads(pid, prefix):
    """The ids of a process's threads whose names begin so."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as comm:
            if comm.read().startswith(prefix):
                found.append(int(thread))
    return found


def give_way(session):
    """Lets all others go before a session that start() began, by the leader's id.

    Where the kernel groups threads by session (autogroup), a nice value counts within the session only.
    """
    run("renice", "--priority", "19", "--pid", str(session))
    try:
        with open(f"/proc/{session}/autogroup", "w", encoding="ascii") as group:
            group.write("19")
    except FileNotFoundError:
        pass


def pin(pid, core):
    """Allows a thread one core alone."""
    run("taskset", "-pc", str(core), str(pid))


def await_true(condition, seconds, what):
    """Polls until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise CommandFailed(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)
