package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Set;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplySourcesTest {
    private static final IpAddress SERVER = IpAddress.parse("10.2.0.11");
    private static final IpAddress VIP = IpAddress.parse("10.0.0.1");

    private final TestRules test = new TestRules();
    private final RuleSet rules = test.rules;

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void shouldNameThePortOfNatServersOnly() throws RuleException {
        final ServiceKey web = service(ServiceKey.ofAddress(IpProtocol.TCP, VIP, 80));
        add(web, 8080, ForwardingMethod.NAT);
        add(web, 80, ForwardingMethod.DIRECT);

        assertEquals(Set.of(new ReplySource(SERVER, IpProtocol.TCP, 8080)), rules.replySources().all());
    }

    @Test
    void shouldNameEveryPortWhereItFollowsThePacket() throws RuleException {
        add(service(ServiceKey.ofAddress(IpProtocol.TCP, VIP, 21)), 21, ForwardingMethod.NAT);
        add(service(ServiceKey.ofFwmark(Family.IPV4, 1)), 80, ForwardingMethod.NAT);

        assertEquals(Set.of(
            new ReplySource(SERVER, IpProtocol.TCP, 0), new ReplySource(SERVER, IpProtocol.UDP, 0),
            new ReplySource(SERVER, IpProtocol.SCTP, 0)), rules.replySources().all());
    }

    @Test
    void shouldKeepRemovedServersWhileTheirFamilyIsServed() throws RuleException {
        final ServiceKey web = service(ServiceKey.ofAddress(IpProtocol.TCP, VIP, 80));
        add(web, 8080, ForwardingMethod.NAT);
        rules.deleteDestination(web, SERVER, 8080);
        assertEquals(Set.of(new ReplySource(SERVER, IpProtocol.TCP, 8080)), rules.replySources().all());

        rules.deleteService(web);
        assertFalse(rules.seesAnswers());
    }

    @Test
    void shouldNameTheVirtualAddressOfIpv6GivenServersThatHaveIt() throws RuleException {
        final IpAddress virtual = IpAddress.parse("2001:db8::100");
        for (final int port : new int[] {80, 21}) {
            final ServiceKey each = ServiceKey.ofAddress(IpProtocol.TCP, virtual, port);
            rules.addService(new ServiceConfig(each, "rr", 0, 0, 128, null, List.of()));
            rules.addDestination(each, DestinationConfig.of(
                IpAddress.parse("2001:db8:1::11"), each.port(), ForwardingMethod.DIRECT, 1));
        }

        assertEquals(Set.of(new ReplySource(virtual, IpProtocol.TCP, 80), new ReplySource(virtual, IpProtocol.TCP, 0)),
            rules.replySources().all());
    }

    private ServiceKey service(final ServiceKey key) throws RuleException {
        rules.addService(new ServiceConfig(key, "rr", 0, 0, -1, null, List.of()));
        return key;
    }

    private void add(final ServiceKey key, final int port, final ForwardingMethod method) throws RuleException {
        rules.addDestination(key, DestinationConfig.of(SERVER, port, method, 1));
    }
}
