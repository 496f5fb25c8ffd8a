package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.sched.SchedulingRequest;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.VirtualService;

class SnapshotCompilerTest {
    private static final ServiceKey WEB = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.1"), 80);
    private static final ServiceKey DNS = ServiceKey.ofAddress(IpProtocol.UDP, IpAddress.parse("10.0.0.1"), 53);

    private final List<IpAddress> asked = new ArrayList<>();
    private SnapshotCompiler compiler;
    private final TestRules test = new TestRules(live -> compiler = new SnapshotCompiler(live));
    private final RuleSet rules = test.rules;

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void shouldRebuildOnlyTouchedServices() throws RuleException {
        rules.addService(service(WEB, "rr"));
        rules.addService(service(DNS, "wrr"));
        final Snapshot first = compile();

        rules.addDestination(WEB, server("192.168.1.11", 1));
        final Snapshot second = compile();

        assertNotSame(find(first, WEB), find(second, WEB));
        assertSame(find(first, DNS), find(second, DNS));
        assertEquals(1, find(second, WEB).realServerCount());
        assertEquals(first.version + 1, second.version);
    }

    @Test
    void shouldKeepServicesGivenOnlyWaysChanged() throws RuleException {
        rules.addService(service(WEB, "rr"));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        final Snapshot first = compile();
        asked.clear();

        final Snapshot second = compiler.compile(this::way, compiler.addresses().all(), IpvsSettings.DEFAULTS);

        assertSame(first.services, second.services);
        assertEquals(List.of(IpAddress.parse("192.168.1.11")), asked);
        assertEquals(1500, second.destination(find(second, WEB).realServer(0).id()).adjacency.mtu);
    }

    @Test
    void shouldCarryTurnOfRoundRobinAcrossChange() throws RuleException {
        rules.addService(service(WEB, "rr"));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        rules.addDestination(WEB, server("192.168.1.12", 1));
        rules.addDestination(WEB, server("192.168.1.13", 1));
        assertEquals("192.168.1.13", chosen(find(compile(), WEB)));

        rules.editDestination(WEB, server("192.168.1.11", 5));

        assertEquals("192.168.1.12", chosen(find(compile(), WEB)));
    }

    @Test
    void shouldStartAfreshGivenServiceReplacedWithinOneBatch() throws RuleException {
        rules.addService(service(WEB, "rr"));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        compile();

        rules.deleteService(WEB);
        rules.addService(service(WEB, "wlc"));
        rules.addDestination(WEB, server("192.168.1.12", 1));
        final Snapshot snapshot = compile();

        assertEquals("192.168.1.12", chosen(find(snapshot, WEB)));
        assertEquals(1, find(snapshot, WEB).realServerCount());
    }

    @Test
    void shouldForgetWayOfRemovedDestination() throws RuleException {
        rules.addService(service(WEB, "rr"));
        rules.addDestination(WEB, server("192.168.1.11", 1));
        final Snapshot before = compile();
        final int id = find(before, WEB).realServer(0).id();

        rules.flush();
        final Snapshot after = compile();

        assertNull(after.destination(id));
        assertEquals(1500, before.destination(id).adjacency.mtu);
        assertNull(find(after, WEB));
    }

    /** Whatever happened between two snapshots, each shows the rules as they are. */
    @Test
    void shouldAlwaysShowTheRules() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            for (int changes = random.nextInt(6); changes > 0; changes--) {
                changeSomething(random);
            }
            final Snapshot snapshot = compile();
            final List<ConfiguredService> services = rules.services();
            assertEquals(services.size(), snapshot.services.size(), "seed " + seed);
            for (final ConfiguredService service : services) {
                final VirtualService found = find(snapshot, service.key());
                assertEquals(service.config(), found.config, "seed " + seed);
                for (int i = 0; i < found.realServerCount(); i++) {
                    assertEquals(service.destinations().get(i).realServer(), found.realServer(i), "seed " + seed);
                    assertEquals(1500, snapshot.destination(found.realServer(i).id()).adjacency.mtu, "seed " + seed);
                }
            }
        }
    }

    private void changeSomething(final Random random) {
        final ServiceKey[] keys = {WEB, DNS, ServiceKey.ofFwmark(Family.IPV4, 1)};
        final ServiceKey key = keys[random.nextInt(keys.length)];
        final String[] schedulers = {"rr", "wrr", "wlc", "sh", "mh", "lblc"};
        final String scheduler = schedulers[random.nextInt(schedulers.length)];
        final DestinationConfig server = server("192.168.1." + (1 + random.nextInt(4)), random.nextInt(3));
        try {
            switch (random.nextInt(8)) {
                case 0 -> rules.addService(service(key, scheduler));
                case 1 -> rules.editService(service(key, scheduler));
                case 2 -> rules.deleteService(key);
                case 3 -> rules.deleteDestination(key, server.address(), server.port());
                case 4 -> rules.editDestination(key, server);
                default -> rules.addDestination(key, server);
            }
        } catch (final RuleException refused) {
            assertEquals(true, refused.error().errno() > 0);
        }
    }

    private Snapshot compile() {
        return compiler.compile(this::way, List.of(), IpvsSettings.DEFAULTS);
    }

    private Adjacency way(final IpAddress address) {
        asked.add(address);
        return new Adjacency(Adjacency.State.RESOLVED, 1, 0, 0, 1500);
    }

    private String chosen(final VirtualService service) {
        return test.destinations.address(service.scheduler.select(new SchedulingRequest())).toString();
    }

    private static VirtualService find(final Snapshot snapshot, final ServiceKey key) {
        return snapshot.services.find(
            key.family(), key.protocol(), key.address().word0(), key.address().word1(), key.port(), key.fwmark());
    }

    private static ServiceConfig service(final ServiceKey key, final String scheduler) {
        return new ServiceConfig(key, scheduler, 0, 0, -1, null, List.of());
    }

    private static DestinationConfig server(final String address, final int weight) {
        return DestinationConfig.of(IpAddress.parse(address), 80, ForwardingMethod.DIRECT, weight);
    }
}
