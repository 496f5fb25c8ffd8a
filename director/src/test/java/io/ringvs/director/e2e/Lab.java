package io.ringvs.director.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Hosts in network namespaces on bridged segments, and the programs that run on them; all of it ends with
 * {@link #close}, also when a test fails.
 */
final class Lab implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String prefix = "rvs-it-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-";
    private final Path directory;
    private final List<String> namespaces = new ArrayList<>();
    private final Map<String, Host> hosts = new HashMap<>();
    private final Deque<Started> programs = new ArrayDeque<>();
    private final String switchName;
    private int cables;

    Lab() {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new AssertionError("end-to-end tests make network namespaces: run them as root");
        }
        try {
            directory = Files.createTempDirectory("rvs-it");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        switchName = namespace("switch");
    }

    /** A new host without any cable. */
    Host host(final String name) {
        final Host host = new Host(this, namespace(name), name);
        hosts.put(name, host);
        return host;
    }

    /** The host made earlier under that name. */
    Host named(final String name) {
        return hosts.get(name);
    }

    /** A bridged segment: hosts plug in by name. */
    void segment(final String bridge) {
        Shell.run("ip", "-n", switchName, "link", "add", bridge, "type", "bridge");
        Shell.run("ip", "-n", switchName, "link", "set", bridge, "up");
    }

    /** Plugs a host's new interface into a segment and gives it addresses (with prefix length). */
    void plug(final Host host, final String interfaceName, final String bridge, final String... addresses) {
        plug(host, interfaceName, 1, bridge, addresses);
    }

    /** The same with several queues. */
    void plug(
        final Host host, final String interfaceName, final int queues, final String bridge, final String... addresses) {
        final String port = "p" + ++cables;
        final String count = Integer.toString(queues);
        Shell.run("ip", "-n", switchName, "link", "add", port, "numrxqueues", count, "numtxqueues", count,
            "type", "veth", "peer", "name", interfaceName, "numrxqueues", count, "numtxqueues", count,
            "netns", host.namespace());
        Shell.run("ip", "-n", switchName, "link", "set", port, "master", bridge, "up");
        host.run("ip", "link", "set", "lo", "up");
        // a veth's frames otherwise carry unfinished checksums, which nobody completes behind an XDP program
        host.run("ethtool", "-K", interfaceName, "tx", "off");
        for (final String address : addresses) {
            host.address(interfaceName, address);
        }
        host.run("ip", "link", "set", interfaceName, "up");
    }

    /** Plugs a host's new interface into a segment of VLANs. */
    void trunk(final Host host, final String interfaceName, final String bridge) {
        plug(host, interfaceName, bridge);
        // a veth otherwise carries tags beside its frames, where no XDP program sees them
        final String[] inFrames = {"txvlan", "off", "rxvlan", "off", "tx-vlan-stag-hw-insert", "off"};
        host.run(Shell.line("ethtool -K " + interfaceName, inFrames));
        Shell.run(Shell.line("ip netns exec " + switchName + " ethtool -K p" + cables, inFrames));
    }

    /** Sets the MTU of the switch's end of a host's cable. */
    void cableMtu(final int number, final int bytes) {
        Shell.run("ip", "-n", switchName, "link", "set", "p" + number, "mtu", Integer.toString(bytes));
    }

    /** Number of the cable plugged last. */
    int lastCable() {
        return cables;
    }

    Path directory() {
        return directory;
    }

    /** Something that runs until it is closed. */
    interface Started extends AutoCloseable {
        @Override
        void close();
    }

    /** Has a program ended with the lab, the last started first. */
    <T extends Started> T keep(final T program) {
        programs.push(program);
        return program;
    }

    @Override
    public void close() {
        try {
            while (!programs.isEmpty()) {
                programs.pop().close();
            }
        } finally {
            for (final String namespace : namespaces) {
                Shell.attempt("ip", "netns", "delete", namespace);
            }
            deleteDirectory();
        }
    }

    private void deleteDirectory() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String namespace(final String name) {
        final String namespace = prefix + name;
        Shell.run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        return namespace;
    }
}
