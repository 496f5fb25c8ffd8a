package io.ringvs.replay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import io.ringvs.control.HostAddresses;
import io.ringvs.host.DescribedHost;
import io.ringvs.host.Link;
import io.ringvs.host.MacAddress;
import io.ringvs.host.RouteLookup;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import io.ringvs.snapshot.MarkRule;
import io.ringvs.snapshot.MarkRules;

/** The host that a {@link Topology} describes. Interfaces are numbered from 1 in its order. */
final class TopologyHost implements HostAddresses {
    private static final HexFormat MAC = HexFormat.ofDelimiter(":");

    /** What Linux takes for an Ethernet interface, in bytes. */
    private static final int SMALLEST_MTU = 68;
    private static final int LARGEST_MTU = 65535;

    private final DescribedHost host = new DescribedHost();
    private final List<String> interfaces;
    private final Set<IpAddress> addresses = new HashSet<>();

    TopologyHost(final Topology topology) throws ReplayException {
        interfaces = topology.interfaces().stream().map(Topology.Interface::name).toList();
        if (interfaces.size() != new HashSet<>(interfaces).size()) {
            throw new ReplayException("the topology names an interface twice");
        }
        for (final Topology.Interface each : topology.interfaces()) {
            if (each.mtu() < SMALLEST_MTU || each.mtu() > LARGEST_MTU) {
                throw new ReplayException("the topology's interface '" + each.name() + "' has an MTU of " + each.mtu()
                    + ", which is not within " + SMALLEST_MTU + " to " + LARGEST_MTU);
            }
            host.addInterface(indexOf(each.name()), each.name(), mac(each.mac()), each.mtu());
            for (final String address : each.addresses()) {
                final Prefix prefix = Prefix.parse(address);
                host.addAddress(indexOf(each.name()), prefix.address, prefix.length);
                addresses.add(prefix.address);
            }
        }
        for (final String local : topology.localPrefixes()) {
            final Prefix prefix = Prefix.parse(local);
            host.addLocalPrefix(prefix.address, prefix.length);
        }
        for (final Topology.Route route : topology.routes()) {
            final Prefix to = Prefix.parse(route.to());
            final IpAddress gateway = route.via() == null ? null : address(route.via());
            host.addRoute(to.address, to.length, gateway, indexOf(route.dev()));
        }
        for (final Topology.Neighbour each : topology.neighbours()) {
            host.addPermanentNeighbour(indexOf(each.dev()), address(each.ip()), mac(each.mac()));
        }
    }

    /** Names of the interfaces, in order. */
    List<String> interfaces() {
        return interfaces;
    }

    int indexOf(final String name) throws ReplayException {
        final int position = name == null ? -1 : interfaces.indexOf(name);
        if (position < 0) {
            throw new ReplayException("the topology has no interface '" + name + "', but refers to it");
        }
        return position + 1;
    }

    Link link(final String name) {
        return host.link(name);
    }

    Adjacency adjacency(final IpAddress destination) {
        return host.adjacency(destination);
    }

    ClientWays clientWays() {
        return host.clientWays();
    }

    /** Addresses of its interfaces. */
    Set<IpAddress> addresses() {
        return addresses;
    }

    /** Takes what a neighbour said of itself. Returns whether that is news. */
    boolean learn(final NeighbourAnswer answer, final String interfaceName) throws ReplayException {
        return host.learn(indexOf(interfaceName), answer.address(), answer.mac());
    }

    MarkRules markRules(final List<Topology.MarkRule> rules) throws ReplayException {
        final List<MarkRule> marks = new ArrayList<>();
        for (final Topology.MarkRule rule : rules) {
            final Prefix to = Prefix.parse(rule.dst());
            try {
                final List<MarkRule.PortRange> ports =
                    rule.dports().stream().map(port -> new MarkRule.PortRange(port, port)).toList();
                marks.add(new MarkRule(to.address.family(), new MarkRule.Prefix(to.address, to.length), null,
                    protocol(rule.proto()), ports, MarkRule.ANY, rule.mark()));
            } catch (final IllegalArgumentException notOne) {
                throw new ReplayException("the topology's mark_rules: " + notOne.getMessage(), notOne);
            }
        }
        return new MarkRules(marks);
    }

    private static int protocol(final String name) {
        return switch (name == null ? "" : name) {
            case "" -> MarkRule.ANY;
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            case "sctp" -> IpProtocol.SCTP;
            default -> throw new IllegalArgumentException("'" + name + "' is none of tcp, udp and sctp");
        };
    }

    @Override
    public boolean isLocal(final IpAddress address) {
        return host.lookup(address).outcome() == RouteLookup.Outcome.LOCAL;
    }

    @Override
    public boolean isBroadcast(final IpAddress address) {
        return host.lookup(address).outcome() == RouteLookup.Outcome.NOT_UNICAST;
    }

    @Override
    public int interfaceMtu(final String name) {
        final Link link = host.link(name);
        return link == null ? 0 : link.mtu();
    }

    private static MacAddress mac(final String text) throws ReplayException {
        return parsed(text, "an Ethernet address", each -> MacAddress.of(MAC.parseHex(each)));
    }

    private static IpAddress address(final String text) throws ReplayException {
        return parsed(text, "an address", IpAddress::parse);
    }

    private static <T> T parsed(final String text, final String what, final Function<String, T> parser)
        throws ReplayException {
        try {
            return parser.apply(text);
        } catch (final IllegalArgumentException | NullPointerException notOne) {
            throw new ReplayException("the topology names '" + text + "', which is not " + what, notOne);
        }
    }

    private record Prefix(IpAddress address, int length) {
        static Prefix parse(final String text) throws ReplayException {
            final String[] parts = String.valueOf(text).split("/", 2);
            final IpAddress address = TopologyHost.address(parts[0]);
            final int longest = address.family().hostPrefixLength();
            final int length = parts.length == 1 ? longest : parsed(parts[1], "a prefix length", Integer::valueOf);
            if (length < 0 || length > longest) {
                throw new ReplayException("the topology names '" + text + "', whose prefix length is out of range");
            }
            return new Prefix(address, length);
        }
    }
}
