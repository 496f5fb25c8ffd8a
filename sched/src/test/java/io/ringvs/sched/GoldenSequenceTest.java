package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.Tunnel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays records of a Linux 6.1 director: each new connection must get the real server it got there, and the counts
 * that ipvsadm listed there must be ours. Connections are followed only as far as the counters need it.
 */
class GoldenSequenceTest {
    private static final Map<String, GoldenTrace> TRACES = GoldenTrace.all();
    private static final Pattern LISTED = Pattern.compile("-> \\[?([0-9a-f.:]+?)]?:\\d+ +(.*?) *\\\\n");
    private static final int FIN = 1;
    private static final int RST = 4;
    private static final int ACK = 16;

    private final Map<String, RealServer> removed = new HashMap<>();
    private final Map<String, Connection> connections = new HashMap<>();
    private ServiceUnderTest service;
    private int chosen;

    /** A connection as far as counters go. */
    private static final class Connection {
        private final int id;
        private boolean active;
        private boolean established;

        Connection(final int id, final boolean active) {
            this.id = id;
            this.active = active;
        }
    }

    static Stream<String> recordNames() {
        return TRACES.keySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordNames")
    void shouldChooseAsRecorded(final String name) {
        final GoldenTrace trace = TRACES.get(name);
        trace.rules().forEach(rule -> run(rule, name));
        for (final GoldenTrace.Step step : trace.steps()) {
            final String where = name + " step " + step.number();
            if (step.isPause()) {
                expireAll();
            } else if (step.command() == null) {
                receive(step, where);
            } else if (step.command().startsWith("ipvsadm -Ln")) {
                compareCounts(step, where);
            } else {
                run(step.command().substring("ipvsadm ".length()), where);
            }
        }
        assertTrue(chosen > 0, "the record has no new connection");
        service.close();
    }

    private void receive(final GoldenTrace.Step step, final String where) {
        final byte[] frame = step.in();
        final boolean ipv4 = frame[12] == 0x08;
        final int network = 14;
        final int transport = network + (ipv4 ? (frame[network] & 15) * 4 : 40);
        final int protocol = frame[network + (ipv4 ? 9 : 6)];
        final int flags = protocol == IpProtocol.TCP ? frame[transport + 13] : 0;
        final int addressLength = ipv4 ? 4 : 16;
        final int source = network + (ipv4 ? 12 : 8);
        final String sender = hex(frame, source, addressLength) + hex(frame, transport, 2);
        final String receiver = hex(frame, source + addressLength, addressLength) + hex(frame, transport + 2, 2);
        final String key = step.fromOutside() ? sender : receiver;
        final Connection known = connections.get(key);
        if (known != null) {
            advance(known, flags, step.fromOutside());
            return;
        }
        service.request.protocol = protocol;
        service.client(address(frame, source, addressLength), port(frame, transport));
        service.destination(address(frame, source + addressLength, addressLength));
        final String name = service.next();
        chosen++;
        assertEquals(recordedServer(step), name, where);
        if (!name.equals("-")) {
            final Connection connection = new Connection(service.id(name), protocol == IpProtocol.TCP);
            service.live.connectionBound(connection.id, connection.active);
            connections.put(key, connection);
        }
    }

    /** The part of Linux's TCP state table that decides whether a connection is active. */
    private void advance(final Connection connection, final int flags, final boolean fromClient) {
        final boolean ends = (flags & RST) != 0 ? connection.established : (flags & FIN) != 0;
        if (ends && connection.active) {
            connection.active = false;
            service.live.activeChanged(connection.id, -1);
        }
        connection.established |= fromClient && (flags & ACK) != 0;
    }

    private void expireAll() {
        connections.values().forEach(
            connection -> service.live.connectionUnbound(connection.id, connection.active));
        connections.clear();
    }

    /** Servers have the MAC addresses 02:00:00:00:02:NN and the addresses ...11 and so on. */
    private static String recordedServer(final GoldenTrace.Step step) {
        final String mac = step.out() == null ? "" : hex(step.out(), 0, 6);
        return mac.startsWith("0200000002") ? "1" + mac.charAt(11) : "-";
    }

    private void compareCounts(final GoldenTrace.Step step, final String where) {
        final Matcher listed = LISTED.matcher(step.output());
        int servers = 0;
        while (listed.find()) {
            final String[] columns = listed.group(2).split(" +");
            final int id = service.id(nameOf(listed.group(1)));
            final String counts = service.live.activeConnections(id) + " " + service.live.inactiveConnections(id);
            assertEquals(columns[columns.length - 2] + " " + columns[columns.length - 1], counts, where);
            servers++;
        }
        assertEquals(service.names().size(), servers, where);
    }

    private void run(final String command, final String where) {
        final List<String> words = new ArrayList<>(Arrays.asList(command.split(" ")));
        final String family = option(words, "-t", option(words, "-u", "")).startsWith("[") ? "6" : "4";
        switch (words.get(0)) {
            case "-A" -> service = new ServiceUnderTest(
                option(words, "-s", "wlc"), flags(words), family.equals("6") ? Family.IPV6 : Family.IPV4);
            case "-E" -> service.editService(option(words, "-s", "wlc"), flags(words));
            case "-a" -> add(words);
            case "-e" -> {
                final String name = nameOf(host(words));
                service.edit(name, number(words, "-w", 1), number(words, "-x", 0), number(words, "-y", 0));
            }
            case "-d" -> {
                final String name = nameOf(host(words));
                removed.put(name, service.server(name));
                service.remove(name);
            }
            default -> throw new AssertionError(where + ": unknown command " + command);
        }
    }

    private void add(final List<String> words) {
        final String name = nameOf(host(words));
        if (removed.containsKey(name)) {
            service.revive(name, removed.remove(name));
            return;
        }
        final int weight = number(words, "-w", 1);
        service.add(name, new DestinationConfig(
            IpAddress.parse(host(words)), portOf(words), ForwardingMethod.DIRECT, Tunnel.IPIP, weight, weight,
            number(words, "-x", 0), number(words, "-y", 0)));
    }

    private static int flags(final List<String> words) {
        return switch (option(words, "-b", "")) {
            case "" -> 0;
            case "sh-fallback", "mh-fallback" -> ServiceFlags.SCHEDULER_1;
            case "sh-port", "mh-port" -> ServiceFlags.SCHEDULER_2;
            default -> throw new AssertionError("unknown flags in " + words);
        };
    }

    private static String host(final List<String> words) {
        final String server = option(words, "-r", "");
        return server.substring(0, server.lastIndexOf(':')).replace("[", "").replace("]", "");
    }

    private static int portOf(final List<String> words) {
        final String server = option(words, "-r", "");
        return Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
    }

    /** Servers are named by the last two digits of their addresses. */
    private static String nameOf(final String host) {
        return host.substring(host.length() - 2);
    }

    private static int number(final List<String> words, final String option, final int otherwise) {
        return Integer.parseInt(option(words, option, String.valueOf(otherwise)));
    }

    private static String option(final List<String> words, final String option, final String otherwise) {
        final int index = words.indexOf(option);
        return index < 0 ? otherwise : words.get(index + 1);
    }

    private static String address(final byte[] frame, final int offset, final int length) {
        return IpAddress.of(Arrays.copyOfRange(frame, offset, offset + length)).toString();
    }

    private static int port(final byte[] frame, final int offset) {
        return (frame[offset] & 0xff) << 8 | frame[offset + 1] & 0xff;
    }

    private static String hex(final byte[] frame, final int offset, final int length) {
        return HexFormat.of().formatHex(frame, offset, offset + length);
    }
}
