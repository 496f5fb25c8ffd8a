package io.ringvs.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.ringvs.sched.SchedulingRequest;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.MarkRule.PortRange;
import io.ringvs.snapshot.MarkRule.Prefix;
import io.ringvs.snapshot.MarkRules.Steered;
import org.junit.jupiter.api.Test;

class MarkRulesTest {
    private static final long VLAN = 0x6400_0081L;
    private static Prefix prefix(final String text) {
        final String[] parts = text.split("/");
        final IpAddress address = IpAddress.parse(parts[0]);
        return parts.length == 1 ? Prefix.host(address) : new Prefix(address, Integer.parseInt(parts[1]));
    }

    private static MarkRule rule(
        final String destination, final String source, final int protocol, final int first, final int last,
        final int interfaceIndex, final int mark) {
        final Prefix to = prefix(destination);
        return new MarkRule(to.address().family(), to, source == null ? null : prefix(source), protocol,
            first == 0 ? List.of() : List.of(new PortRange(first, last)), interfaceIndex, mark);
    }

    private static SchedulingRequest packet(
        final String client, final String virtual, final int protocol, final int port, final int interfaceIndex) {
        final SchedulingRequest packet = new SchedulingRequest();
        final IpAddress from = IpAddress.parse(client);
        final IpAddress to = IpAddress.parse(virtual);
        packet.family = to.family();
        packet.protocol = protocol;
        packet.clientWord0 = from.word0();
        packet.clientWord1 = from.word1();
        packet.virtualWord0 = to.word0();
        packet.virtualWord1 = to.word1();
        packet.virtualPort = port;
        packet.interfaceIndex = interfaceIndex;
        return packet;
    }

    @Test
    void shouldTakeFirstRuleThatMatches() {
        final MarkRules rules = new MarkRules(List.of(
            rule("10.0.0.100", "198.51.100.0/24", IpProtocol.TCP, 80, 80, 0, 1),
            rule("10.0.0.0/24", null, MarkRule.ANY, 0, 0, 7, 2),
            rule("10.0.0.100", null, IpProtocol.TCP, 80, 443, 0, 3),
            rule("10.0.0.101", null, MarkRule.ANY, 0, 0, 0, -1),
            rule("2001:db8::100", null, MarkRule.ANY, 0, 0, 0, 5)));

        assertEquals(1, rules.markOf(packet("198.51.100.7", "10.0.0.100", IpProtocol.TCP, 80, 7)));
        assertEquals(2, rules.markOf(packet("198.51.101.7", "10.0.0.100", IpProtocol.TCP, 80, 7)));
        assertEquals(3, rules.markOf(packet("198.51.101.7", "10.0.0.100", IpProtocol.TCP, 80, 1)));
        assertEquals(3, rules.markOf(packet("198.51.100.7", "10.0.0.100", IpProtocol.TCP, 443, 1)));
        assertEquals(0, rules.markOf(packet("198.51.100.7", "10.0.0.100", IpProtocol.TCP, 444, 1)));
        assertEquals(0, rules.markOf(packet("198.51.100.7", "10.0.0.100", IpProtocol.UDP, 80, 1)));
        assertEquals(-1, rules.markOf(packet("198.51.100.7", "10.0.0.101", IpProtocol.SCTP, 1, 1)));
        assertEquals(5, rules.markOf(packet("2001:db8::7", "2001:db8::100", IpProtocol.UDP, 53, 1)));
        assertEquals(0, rules.markOf(packet("2001:db8::7", "2001:db8::101", IpProtocol.UDP, 53, 1)));
        assertTrue(MarkRules.NONE.isEmpty());
        assertEquals(0, MarkRules.NONE.markOf(packet("198.51.100.7", "10.0.0.100", IpProtocol.TCP, 80, 1)));
    }

    @Test
    void shouldTellVlansOfAnInterfaceApart() {
        final MarkRules rules = new MarkRules(List.of(
            rule("10.0.0.100", null, MarkRule.ANY, 0, 0, 7, 1), rule("10.0.0.100", null, MarkRule.ANY, 0, 0, 8, 2),
            rule("10.0.0.101", null, MarkRule.ANY, 0, 0, 0, 3)),
            index -> index == 8 ? new MarkRules.Ingress(7, VLAN) : new MarkRules.Ingress(index, 0));
        final SchedulingRequest packet = packet("198.51.100.7", "10.0.0.100", IpProtocol.TCP, 80, 7);
        assertEquals(1, rules.markOf(packet));
        packet.vlan = VLAN;
        assertEquals(2, rules.markOf(packet));
        packet.vlan = VLAN + 1;
        assertEquals(0, rules.markOf(packet));
        final SchedulingRequest other = packet("198.51.100.7", "10.0.0.101", IpProtocol.TCP, 80, 7);
        other.vlan = VLAN;
        assertEquals(3, rules.markOf(other));
    }

    /** What the rules say, one after the other, by bits of addresses. */
    private static int modelMark(final List<MarkRule> rules, final SchedulingRequest packet) {
        for (final MarkRule rule : rules) {
            if (rule.family() == packet.family
                && covers(rule.destination(), packet.virtualWord0, packet.virtualWord1)
                && (rule.source() == null || covers(rule.source(), packet.clientWord0, packet.clientWord1))
                && (rule.protocol() == 0 || rule.protocol() == packet.protocol)
                && (rule.interfaceIndex() == 0 || rule.interfaceIndex() == packet.interfaceIndex)
                && (rule.ports().isEmpty() || rule.ports().stream().anyMatch(
                    (range) -> range.first() <= packet.virtualPort && packet.virtualPort <= range.last()))) {
                return rule.mark();
            }
        }
        return 0;
    }

    private static boolean covers(final Prefix prefix, final long word0, final long word1) {
        final byte[] wanted = prefix.address().bytes();
        final byte[] found = IpAddress.ofWords(prefix.address().family(), word0, word1).bytes();
        for (int bit = 0; bit < prefix.length(); bit++) {
            if (((wanted[bit / 8] ^ found[bit / 8]) & 0x80 >> bit % 8) != 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void shouldAgreeWithReadingRulesOneByOne() {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("MarkRulesTest: repeat with -Dseed=" + seed);
        final Random random = new Random(seed);
        int marked = 0;
        for (int round = 0; round < 200; round++) {
            final List<MarkRule> list = new ArrayList<>();
            for (int number = 0; number < random.nextInt(40); number++) {
                final String net = random.nextInt(4) == 0 ? "/" + random.nextInt(33) : "";
                final int first = random.nextInt(4);
                list.add(rule("10.0.0." + random.nextInt(8) + net,
                    random.nextBoolean() ? null : "198.51.100." + random.nextInt(256) + "/" + random.nextInt(33),
                    random.nextBoolean() ? 0 : IpProtocol.TCP, first, first + random.nextInt(2),
                    random.nextInt(3), number + 1));
            }
            final MarkRules rules = new MarkRules(list);
            for (int i = 0; i < 200; i++) {
                final SchedulingRequest packet = packet("198.51.100." + random.nextInt(256),
                    "10.0.0." + random.nextInt(8), random.nextBoolean() ? IpProtocol.TCP : IpProtocol.UDP,
                    random.nextInt(5), 1 + random.nextInt(2));
                final int expected = modelMark(list, packet);
                assertEquals(expected, rules.markOf(packet));
                marked += expected != 0 ? 1 : 0;
            }
        }
        assertTrue(marked > 1000, "only " + marked + " packets were marked");
    }

    @Test
    void shouldNameWhatIsToBeSteered() {
        final MarkRules rules = new MarkRules(List.of(
            rule("10.0.0.100", "198.51.100.0/24", IpProtocol.TCP, 80, 81, 0, 1),
            rule("10.0.0.100", null, IpProtocol.TCP, 81, 81, 0, 2),
            rule("10.0.0.0/24", null, MarkRule.ANY, 0, 0, 7, 2),
            rule("10.0.0.101", null, IpProtocol.UDP, 1, 1000, 0, 3),
            rule("2001:db8::100", null, MarkRule.ANY, 0, 0, 0, 5)));

        final Prefix first = Prefix.host(IpAddress.parse("10.0.0.100"));
        final Prefix network = new Prefix(IpAddress.parse("10.0.0.0"), 24);
        final Prefix third = Prefix.host(IpAddress.parse("2001:db8::100"));
        assertEquals(List.of(
            new Steered(first, IpProtocol.TCP, 80), new Steered(first, IpProtocol.TCP, 81),
            new Steered(network, IpProtocol.TCP, 0), new Steered(network, IpProtocol.UDP, 0),
            new Steered(network, IpProtocol.SCTP, 0),
            new Steered(Prefix.host(IpAddress.parse("10.0.0.101")), IpProtocol.UDP, 0),
            new Steered(third, IpProtocol.TCP, 0), new Steered(third, IpProtocol.UDP, 0),
            new Steered(third, IpProtocol.SCTP, 0)), rules.steered());
    }

    @Test
    void shouldRefuseRuleThatCannotMatch() {
        assertThrows(IllegalArgumentException.class, () -> rule("10.0.0.100", null, 6, 80, 80, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> rule("10.0.0.100", "2001:db8::/64", 6, 80, 80, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> rule("10.0.0.100/33", null, 6, 80, 80, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> rule("10.0.0.100", null, 6, 81, 80, 0, 1));
        assertEquals(Family.IPV4, rule("10.0.0.100", null, 6, 80, 80, 0, 1).family());
    }
}
