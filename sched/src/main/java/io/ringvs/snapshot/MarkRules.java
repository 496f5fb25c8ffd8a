package io.ringvs.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import io.ringvs.sched.SchedulingRequest;
import io.ringvs.service.AddressMask;
import io.ringvs.service.Family;
import io.ringvs.service.IpProtocol;

/**
 * Gives a packet that no connection knows its firewall mark: that of the first rule it matches.
 *
 * <p>Rules for one destination host, which nearly all are, stand in a hash table by that host; rules for wider prefixes
 * in a list. Both are walked together in the order of the rules, so a packet is compared only with the rules of its own
 * destination and the wide ones.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class MarkRules {
    /** A longer range of ports is steered as the whole address: the frames beside it go on to the host. */
    private static final int MAX_STEERED_PORTS = 64;
    private static final int[] NO_RULES = {};
    /** In place of a rule number: the list has ended. */
    private static final int END = Integer.MAX_VALUE;

    /** No rules: every packet's mark is 0. Made last: its constructor reads the constants above. */
    public static final MarkRules NONE = new MarkRules(List.of());

    /**
     * Where packets of mark rules go, for the director's steering.
     *
     * @param port in host order; 0 for every port, and always if the destination is not one host
     */
    public record Steered(MarkRule.Prefix destination, int protocol, int port) {
    }

    /**
     * How packets of an interface come in: for a VLAN's, by the interface below with the VLAN's tags.
     *
     * @param interfaceIndex of the interface that frames are received on
     * @param vlan           tags as of {@link Adjacency#tags}, 0 for none
     */
    public record Ingress(int interfaceIndex, long vlan) {
    }

    private final List<MarkRule> rules;
    private final Matcher[] matchers;
    /** Open addressing with linear probing, at most half full: the rules of one destination host, ascending. */
    private final int[][] hostRules;
    private final int[] wideRules;

    /** Rules of interfaces that are no VLAN's. */
    public MarkRules(final List<MarkRule> rules) {
        this(rules, index -> new Ingress(index, Adjacency.NO_TAGS));
    }

    /** @param interfaces how packets come in that a rule's interface index means */
    public MarkRules(final List<MarkRule> rules, final IntFunction<Ingress> interfaces) {
        this.rules = List.copyOf(rules);
        matchers = this.rules.stream().map(rule -> new Matcher(rule, interfaces)).toArray(Matcher[]::new);
        hostRules = new int[Math.max(4, Integer.highestOneBit(Math.max(1, rules.size())) * 4)][];
        int[] wide = NO_RULES;
        for (int number = 0; number < matchers.length; number++) {
            if (this.rules.get(number).destination().isHost()) {
                final Matcher host = matchers[number];
                final int index = index(host.family, host.destination0, host.destination1);
                hostRules[index] = append(hostRules[index] == null ? NO_RULES : hostRules[index], number);
            } else {
                wide = append(wide, number);
            }
        }
        wideRules = wide;
    }

    private static int[] append(final int[] numbers, final int number) {
        final int[] longer = Arrays.copyOf(numbers, numbers.length + 1);
        longer[numbers.length] = number;
        return longer;
    }

    public boolean isEmpty() {
        return matchers.length == 0;
    }

    /** All rules, in order. */
    public List<MarkRule> rules() {
        return rules;
    }

    /** The packet's mark, 0 for none. */
    public int markOf(final SchedulingRequest packet) {
        final int[] found = hostRules[index(packet.family, packet.virtualWord0, packet.virtualWord1)];
        final int[] hosts = found == null ? NO_RULES : found;
        int host = 0;
        int wide = 0;
        while (host < hosts.length || wide < wideRules.length) {
            final int nextHost = host < hosts.length ? hosts[host] : END;
            final int nextWide = wide < wideRules.length ? wideRules[wide] : END;
            final Matcher rule = matchers[Math.min(nextHost, nextWide)];
            if (rule.matches(packet)) {
                return rule.mark;
            }
            if (nextHost < nextWide) {
                host++;
            } else {
                wide++;
            }
        }
        return 0;
    }

    /** Where the rules of the host stand, or would. */
    private int index(final Family family, final long word0, final long word1) {
        final int mask = hostRules.length - 1;
        int index = (int) ((word0 * 31 + word1) * 0x9E37_79B9_7F4A_7C15L >>> 40) & mask;
        while (hostRules[index] != null && !matchers[hostRules[index][0]].isTo(family, word0, word1)) {
            index = index + 1 & mask;
        }
        return index;
    }

    /**
     * What has to come to the director for the rules to see it; what they then leave unmarked goes back to the host.
     */
    public List<Steered> steered() {
        final Set<Steered> steered = new LinkedHashSet<>();
        for (final MarkRule rule : rules) {
            steer(rule, steered);
        }
        return new ArrayList<>(steered);
    }

    private static void steer(final MarkRule rule, final Set<Steered> steered) {
        final List<Integer> protocols = rule.protocol() == MarkRule.ANY
            ? List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP) : List.of(rule.protocol());
        final int ports = rule.ports().stream().mapToInt(range -> range.last() - range.first() + 1).sum();
        for (final int protocol : protocols) {
            if (ports == 0 || ports > MAX_STEERED_PORTS || !rule.destination().isHost()) {
                steered.add(new Steered(rule.destination(), protocol, 0));
                continue;
            }
            for (final MarkRule.PortRange range : rule.ports()) {
                for (int port = range.first(); port <= range.last(); port++) {
                    steered.add(new Steered(rule.destination(), protocol, port));
                }
            }
        }
    }

    /** One rule in the form in which packets are compared. */
    private static final class Matcher {
        final Family family;
        final long destination0;
        final long destination1;
        final int mark;
        private final AddressMask destinationMask;
        private final long source0;
        private final long source1;
        private final AddressMask sourceMask;
        private final int protocol;
        /** First and last port in turn. */
        private final int[] ports;
        private final boolean onAnyInterface;
        private final Ingress ingress;

        Matcher(final MarkRule rule, final IntFunction<Ingress> interfaces) {
            family = rule.family();
            destinationMask = AddressMask.ofPrefix(family, rule.destination().length());
            destination0 = rule.destination().address().word0() & destinationMask.word0;
            destination1 = rule.destination().address().word1() & destinationMask.word1;
            sourceMask = AddressMask.ofPrefix(family, rule.source() == null ? 0 : rule.source().length());
            source0 = rule.source() == null ? 0 : rule.source().address().word0() & sourceMask.word0;
            source1 = rule.source() == null ? 0 : rule.source().address().word1() & sourceMask.word1;
            protocol = rule.protocol();
            ports = rule.ports().stream().flatMapToInt(
                range -> IntStream.of(range.first(), range.last())).toArray();
            onAnyInterface = rule.interfaceIndex() == MarkRule.ANY;
            ingress = interfaces.apply(rule.interfaceIndex());
            mark = rule.mark();
        }

        boolean isTo(final Family other, final long word0, final long word1) {
            return family == other && destination0 == word0 && destination1 == word1;
        }

        boolean matches(final SchedulingRequest packet) {
            return isTo(packet.family, packet.virtualWord0 & destinationMask.word0,
                    packet.virtualWord1 & destinationMask.word1)
                && source0 == (packet.clientWord0 & sourceMask.word0)
                && source1 == (packet.clientWord1 & sourceMask.word1)
                && (protocol == MarkRule.ANY || protocol == packet.protocol)
                && (onAnyInterface
                    || ingress.interfaceIndex == packet.interfaceIndex && ingress.vlan == packet.vlan)
                && hasPort(packet.virtualPort);
        }

        private boolean hasPort(final int port) {
            for (int i = 0; i < ports.length; i += 2) {
                if (ports[i] <= port && port <= ports[i + 1]) {
                    return true;
                }
            }
            return ports.length == 0;
        }
    }
}
