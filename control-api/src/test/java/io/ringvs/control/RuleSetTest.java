package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;

class RuleSetTest {
    private static final ServiceKey WEB = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.1"), 80);
    private static final ServiceKey DNS = ServiceKey.ofAddress(IpProtocol.UDP, IpAddress.parse("10.0.0.1"), 53);
    private static final IpAddress SERVER = IpAddress.parse("192.168.1.11");

    private final TestRules test = new TestRules();
    private final RuleSet rules = test.rules;

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void shouldListNewestDestinationFirst() throws RuleException {
        rules.addService(service(WEB));

        rules.addDestination(WEB, server("192.168.1.11", 1));
        rules.addDestination(WEB, server("192.168.1.12", 1));
        rules.editDestination(WEB, server("192.168.1.11", 9));

        assertEquals(
            List.of("192.168.1.12", "192.168.1.11"),
            rules.service(WEB).config().destinations().stream().map(each -> each.address().toString()).toList());
    }

    @Test
    void shouldReviveDestinationWithConnectionsGivenAddedAgain() throws RuleException {
        rules.addService(service(WEB));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        final ConfiguredDestination before = rules.service(WEB).destinations().get(0);
        test.destinations.connectionBound(before.id(), true);

        rules.deleteDestination(WEB, SERVER, 80);
        assertFalse(test.destinations.isAvailable(before.id()));
        rules.addDestination(WEB, server("192.168.1.11", 5));

        final ConfiguredDestination after = rules.service(WEB).destinations().get(0);
        assertEquals(before.id(), after.id());
        assertTrue(test.destinations.isAvailable(after.id()));
        assertEquals(1, test.destinations.activeConnections(after.id()));
        assertEquals(5, test.destinations.weight(after.id()));
        assertEquals(0, rules.trashSize());
    }

    @Test
    void shouldKeepStatisticsGivenRevivedInSameServiceOnly() throws RuleException {
        rules.addService(service(WEB));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        final StatisticsEstimator estimator = new StatisticsEstimator(rules, 0);
        test.statistics.countIn(0, rules.service(WEB).destinations().get(0).statisticsRow(), 60);
        estimator.poll(2000);

        rules.deleteDestination(WEB, SERVER, 80);
        rules.addDestination(WEB, server("192.168.1.11", 1));
        assertEquals(1, rules.service(WEB).destinations().get(0).counters().value(Counters.IN_PACKETS));

        rules.deleteService(WEB);
        rules.addService(service(WEB));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        assertEquals(0, rules.service(WEB).destinations().get(0).counters().value(Counters.IN_PACKETS));
    }

    @Test
    void shouldNotReviveDestinationOfAnotherService() throws RuleException {
        final ServiceKey other = ServiceKey.ofAddress(IpProtocol.UDP, WEB.address(), WEB.port());
        rules.addService(service(WEB));
        rules.addService(service(other));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        final int id = rules.service(WEB).destinations().get(0).id();
        rules.deleteDestination(WEB, SERVER, 80);

        rules.addDestination(other, server("192.168.1.11", 1));

        assertNotEquals(id, rules.service(other).destinations().get(0).id());
        assertEquals(1, rules.trashSize());
    }

    @Test
    void shouldFreeRemovedDestinationGivenIdleForTwoMinutes() throws RuleException {
        rules.addService(service(WEB));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        final int id = rules.service(WEB).destinations().get(0).id();
        test.destinations.connectionBound(id, false);
        test.destinations.templateChanged(id, 1);
        rules.deleteDestination(WEB, SERVER, 80);

        rules.scanTrash(60_000);
        test.destinations.connectionUnbound(id, false);
        rules.scanTrash(120_000);
        test.destinations.templateChanged(id, -1);
        rules.scanTrash(180_000);
        rules.scanTrash(240_000);
        assertEquals(1, rules.trashSize());

        rules.scanTrash(300_000);
        assertEquals(0, rules.trashSize());
        assertEquals(id, test.destinations.allocate());
    }

    @Test
    void shouldResetEverythingNotGivenGivenServiceEdited() throws RuleException {
        rules.addService(new ServiceConfig(WEB, "sh", 0x9, 60, 0xffffff00, null, List.of()));
        rules.addDestination(WEB, server("192.168.1.11", 1));

        rules.editService(service(WEB));

        final ServiceConfig edited = rules.service(WEB).config();
        assertEquals("rr", edited.scheduler());
        assertFalse(edited.isPersistent());
        assertEquals(1, edited.destinations().size());
    }

    @Test
    void shouldRememberLastWeightGivenQuiesced() throws RuleException {
        rules.addService(service(WEB));
        rules.addDestination(WEB, server("192.168.1.11", 7));

        rules.editDestination(WEB, server("192.168.1.11", 0));

        assertEquals(7, rules.service(WEB).destinations().get(0).config().lastWeight());
        assertEquals(0, test.destinations.weight(rules.service(WEB).destinations().get(0).id()));
    }

    @Test
    void shouldReportFirstErrorInLinuxOrder() throws RuleException {
        final ServiceConfig unknown = new ServiceConfig(WEB, "nosuch", 0, 0, -1, null, List.of());
        refused(RuleError.NOT_FOUND, () -> rules.addService(unknown));
        refused(RuleError.NOT_FOUND,
            () -> rules.addService(new ServiceConfig(WEB, "rr", 0, 0, -1, "nosuch", List.of())));
        refused(RuleError.NO_SERVICE, () -> rules.editService(unknown));
        refused(RuleError.NO_SERVICE, () -> rules.addDestination(WEB, server("0.0.0.0", -1)));
        refused(RuleError.NO_SERVICE, () -> rules.deleteService(WEB));
        refused(RuleError.NO_SERVICE, () -> rules.zero(WEB));

        rules.addService(service(WEB));
        refused(RuleError.EXISTS, () -> rules.addService(unknown));
        refused(RuleError.INVALID, () -> rules.addDestination(WEB, server("2001:db8::1", -1)));
        refused(RuleError.RANGE, () -> rules.addDestination(WEB, server("0.0.0.0", -1)));
        refused(RuleError.RANGE, () -> rules.addDestination(WEB, limited(1, 2)));
        refused(RuleError.INVALID, () -> rules.addDestination(WEB, limited(-1, 2)));
        refused(RuleError.NOT_FOUND, () -> rules.editDestination(WEB, server("192.168.1.11", 1)));
        refused(RuleError.NOT_FOUND, () -> rules.deleteDestination(WEB, SERVER, 80));

        rules.addDestination(WEB, server("192.168.1.11", 1));
        refused(RuleError.EXISTS, () -> rules.addDestination(WEB, server("192.168.1.11", 1)));
        refused(RuleError.RANGE, () -> rules.editDestination(WEB, server("192.168.1.99", -1)));
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, false", "255.255.255.255, false", "224.0.0.1, false", "239.1.2.3, false", "192.0.2.255, false",
        "192.0.2.1, true", "127.0.0.1, true", "0.0.0.1, true", "10.0.0.1, true", "::, false", "ff02::1, false",
        "fe80::1, false", "::ffff:10.0.0.1, false", "::1, true", "fd00::1, true", "2001:db8::1, true"})
    void shouldAllowUnicastAndOwnAddressesOnly(final String address, final boolean allowed) throws RuleException {
        final IpAddress server = IpAddress.parse(address);
        final ServiceKey key = ServiceKey.ofFwmark(server.family(), 1);
        rules.addService(new ServiceConfig(key, "rr", 0, 0, 128, null, List.of()));
        final Executable adding =
            () -> rules.addDestination(key, DestinationConfig.of(server, 0, ForwardingMethod.DIRECT, 1));

        if (allowed) {
            assertDoesNotThrow(adding);
        } else {
            refused(RuleError.INVALID, adding);
        }
    }

    @Test
    void shouldRefuseIpv6ServiceGivenPrefixLengthOutOfRange() {
        final ServiceKey key = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("2001:db8::2"), 80);

        refused(RuleError.INVALID, () -> rules.addService(new ServiceConfig(key, "rr", 0, 0, 0, null, List.of())));
        refused(RuleError.INVALID, () -> rules.addService(new ServiceConfig(key, "rr", 0, 0, 129, null, List.of())));
    }

    @Test
    void shouldRefuseGivenTableIsFull() throws RuleException {
        try (TestRules full = new TestRules(RuleListener.NONE, 2)) {
            full.rules.addService(service(WEB));
            full.rules.addService(service(DNS));

            refused(RuleError.NO_MEMORY, () -> full.rules.addService(service(ServiceKey.ofFwmark(
                Family.IPV4, 1))));
            full.rules.deleteService(DNS);
            full.rules.addService(service(DNS));
        }
    }

    @Test
    void shouldRefuseDaemonGivenServerOfAnotherFamilyAndTheReverse() throws RuleException {
        final SyncDaemon master = new SyncDaemon(SyncDaemon.Role.MASTER, "eth0", 0, 0, null, 0, 0);
        final DestinationConfig foreign = new DestinationConfig(
            IpAddress.parse("2001:db8::9"), 80, ForwardingMethod.TUNNEL, Tunnel.IPIP, 1, 1, 0, 0);
        rules.addService(service(WEB));
        rules.addDestination(WEB, foreign);

        refused(RuleError.INVALID, () -> rules.startDaemon(master));

        rules.deleteDestination(WEB, foreign.address(), 80);
        rules.startDaemon(master);
        refused(RuleError.INVALID, () -> rules.addDestination(WEB, foreign));
        refused(RuleError.EXISTS, () -> rules.startDaemon(master));
        assertEquals(1472, rules.daemons().iterator().next().maxLength());
    }

    @Test
    void shouldLeaveRulesAloneGivenRehearsed() throws RuleException {
        rules.addService(service(WEB));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        rules.addDestination(WEB, server("192.168.1.12", 2));

        try (Rehearsal rehearsal = rules.rehearse()) {
            assertEquals(rules.service(WEB).config(), rehearsal.rules().service(WEB).config());
            rehearsal.rules().flush();
            rehearsal.rules().addService(service(DNS));
        }

        assertEquals(2, rules.service(WEB).destinations().size());
        assertNull(rules.service(DNS));
    }

    @Test
    void shouldRefuseTimeoutsGivenOneIsOutOfRange() throws RuleException {
        refused(RuleError.INVALID, () -> rules.setTimeouts(5, 5, -1));
        refused(RuleError.INVALID, () -> rules.setTimeouts(5, Integer.MAX_VALUE / 250 + 1, 5));
        assertEquals(900, rules.timeouts().tcpSeconds());

        rules.setTimeouts(0, 5, 0);
        assertEquals(900, rules.timeouts().tcpSeconds());
        assertEquals(5, rules.timeouts().tcpFinSeconds());
        assertEquals(300, rules.timeouts().udpSeconds());
    }

    private static void refused(final RuleError error, final Executable change) {
        assertEquals(error, assertThrows(RuleException.class, change).error());
    }

    private static ServiceConfig service(final ServiceKey key) {
        return new ServiceConfig(key, "rr", 0, 0, -1, null, List.of());
    }

    private static DestinationConfig server(final String address, final int weight) {
        return DestinationConfig.of(IpAddress.parse(address), 80, ForwardingMethod.DIRECT, weight);
    }

    private static DestinationConfig limited(final int upper, final int lower) {
        return new DestinationConfig(SERVER, 80, ForwardingMethod.DIRECT, Tunnel.IPIP, 1, 1, upper, lower);
    }
}
