package io.ringvs.fastpath;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;
import io.ringvs.snapshot.Adjacency;

/**
 * A director set up as that of a {@link ForwardingRecord}: real servers 192.168.1.1n and 2001:db8:1::1n have the MAC
 * address 02:00:00:00:02:0n, all others are behind the router 02:00:00:00:02:fe.
 */
final class RecordedDirector implements AutoCloseable {
    final TestDirector director = new TestDirector();
    private final int serversMtu;
    private final Map<String, Integer> servers = new HashMap<>();

    RecordedDirector(final ForwardingRecord record) {
        serversMtu = record.serversMtu();
        director.rules.settings(IpvsSettings.DEFAULTS.with(IpvsSetting.PMTU_DISC, record.pmtuDiscovery() ? 1 : 0)
            .with(IpvsSetting.ICMP_RATELIMIT, 0));
        record.rules().forEach(this::run);
    }

    /** Runs an ipvsadm command that changes rules. */
    void run(final String command) {
        final List<String> words = Arrays.asList(command.split(" +"));
        final ServiceKey service = service(words);
        switch (words.get(0)) {
            case "-A" -> director.rules.addService(
                service, option(words, "-s", "wlc"), words.contains("-o") ? ServiceFlags.ONE_PACKET : 0);
            case "-a" -> add(service, words);
            case "-e" -> director.rules.weight(
                service, servers.get(service + option(words, "-r", "")), number(words, "-w", 1));
            default -> throw new IllegalArgumentException("unknown command " + command);
        }
        director.publish();
    }

    private void add(final ServiceKey service, final List<String> words) {
        final String server = option(words, "-r", "");
        final ForwardingMethod method = words.contains("-i") ? ForwardingMethod.TUNNEL
            : words.contains("-m") ? ForwardingMethod.NAT : ForwardingMethod.DIRECT;
        final boolean portNamed = server.startsWith("[") ? server.contains("]:") : server.contains(":");
        final int weight = number(words, "-w", 1);
        final IpAddress address = address(portNamed ? server : server + ":0");
        final DestinationConfig config = new DestinationConfig(address,
            portNamed ? port(server) : service.port(), method, tunnel(words), weight, weight, 0, 0);
        final int id = director.rules.addServer(service, config,
            method.value() | ConnectionFlags.NO_OUTPUT | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED,
            TestDirector.SERVERS);
        director.rules.adjacency(id, adjacency(address));
        servers.put(service + server, id);
    }

    private Adjacency adjacency(final IpAddress address) {
        final boolean ipv6 = address.toString().contains(":");
        final String text = address.toString();
        final boolean onLink = text.startsWith("192.168.1.") || text.startsWith("2001:db8:1::");
        final long mac = onLink ? text.charAt(text.length() - 1) - '0' : 0xfe;
        return new Adjacency(Adjacency.State.RESOLVED, TestDirector.SERVERS, 0x0002_0002_0000_0002L | mac << 40,
            0x0200_0000, serversMtu, IpAddress.parse(ipv6 ? "2001:db8:1::1" : "192.168.1.1"));
    }

    private static Tunnel tunnel(final List<String> words) {
        final Tunnel.Checksum checksum = words.contains("--tun-csum") ? Tunnel.Checksum.CHECKSUM
            : words.contains("--tun-remcsum") ? Tunnel.Checksum.REMOTE_CHECKSUM : Tunnel.Checksum.NONE;
        return switch (option(words, "--tun-type", "ipip")) {
            case "gue" -> new Tunnel(Tunnel.Type.GUE, number(words, "--tun-port", 0), checksum);
            case "gre" -> new Tunnel(Tunnel.Type.GRE, 0, checksum);
            default -> Tunnel.IPIP;
        };
    }

    private static ServiceKey service(final List<String> words) {
        final String tcp = option(words, "-t", null);
        final String udp = option(words, "-u", null);
        final String sctp = option(words, "--sctp-service", null);
        final String name = tcp != null ? tcp : udp != null ? udp : sctp;
        final int protocol = tcp != null ? IpProtocol.TCP : udp != null ? IpProtocol.UDP : IpProtocol.SCTP;
        return ServiceKey.ofAddress(protocol, address(name), port(name));
    }

    private static IpAddress address(final String addressAndPort) {
        final String address = addressAndPort.substring(0, addressAndPort.lastIndexOf(':'));
        return IpAddress.parse(address.replace("[", "").replace("]", ""));
    }

    private static int port(final String addressAndPort) {
        return Integer.parseInt(addressAndPort.substring(addressAndPort.lastIndexOf(':') + 1));
    }

    private static int number(final List<String> words, final String option, final int otherwise) {
        return Integer.parseInt(option(words, option, String.valueOf(otherwise)));
    }

    private static String option(final List<String> words, final String option, final String otherwise) {
        final int index = words.indexOf(option);
        return index < 0 ? otherwise : words.get(index + 1);
    }

    /** Puts a frame in and returns all that come out. */
    List<ForwardingRecord.Frame> receive(final ForwardingRecord.Frame in) {
        (in.clients() ? director.clients() : director.servers()).inject(in.bytes());
        director.worker.doWork();
        final List<ForwardingRecord.Frame> out = new ArrayList<>();
        for (byte[] frame = director.clients().collect(); frame != null; frame = director.clients().collect()) {
            out.add(new ForwardingRecord.Frame(true, frame));
        }
        for (byte[] frame = director.servers().collect(); frame != null; frame = director.servers().collect()) {
            out.add(new ForwardingRecord.Frame(false, frame));
        }
        return out;
    }

    @Override
    public void close() {
        director.close();
    }
}
