package io.ringvs.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import com.sun.management.ThreadMXBean;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import org.junit.jupiter.api.Test;

class SnapshotBuilderTest {
    private static final int MANY_SERVICES = 10_000;
    private static final int FEW_SERVICES = 150;
    private static final int SERVERS = 10;
    private static final List<IpAddress> SOURCES =
        List.of(IpAddress.parse("192.0.2.1"), IpAddress.parse("192.0.2.2"), IpAddress.parse("192.0.2.3"));

    private final SnapshotBuilder builder = new SnapshotBuilder();
    private IpvsSettings settings = IpvsSettings.DEFAULTS;
    /** Of every real server; changed where ways change. */
    private int mtu = 1500;

    /** Whatever was told between two snapshots, each has exactly what one made from nothing has. */
    @Test
    void shouldHaveWhatWasToldAndNothingElse() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Map<ServiceKey, VirtualService> wanted = new HashMap<>();
        long removals = 0;
        for (int round = 0; round < 500; round++) {
            final Set<Integer> before = ids(wanted);
            if (random.nextInt(100) == 0) {
                settings = settings.with(IpvsSetting.NAT_ICMP_SEND, random.nextInt(2))
                    .with(IpvsSetting.PMTU_DISC, random.nextInt(2));
            }
            for (int changes = random.nextInt(20); changes > 0; changes--) {
                change(wanted, random);
            }
            final Snapshot snapshot = build();
            check(snapshot, wanted, "seed " + seed);
            final Set<Integer> after = ids(wanted);
            removals += after.containsAll(before) ? 0 : 1;
            assertEquals(removals, snapshot.removals, "seed " + seed);
            assertEquals(round + 1, snapshot.version);
        }
    }

    private void change(final Map<ServiceKey, VirtualService> wanted, final Random random) {
        final int number = random.nextInt(FEW_SERVICES);
        final ServiceKey key = key(number);
        if (random.nextInt(3) == 0) {
            wanted.remove(key);
            builder.remove(key);
        } else {
            final VirtualService service = service(number, random.nextInt(5), random.nextInt(2) == 0 ? "sip" : null);
            wanted.put(key, service);
            builder.put(service);
        }
    }

    private void check(final Snapshot snapshot, final Map<ServiceKey, VirtualService> wanted, final String seed) {
        assertEquals(wanted.size(), snapshot.services.size(), seed);
        assertEquals(Set.copyOf(wanted.values()), Set.copyOf(snapshot.services.services()), seed);
        for (int number = 0; number < FEW_SERVICES; number++) {
            assertSame(wanted.get(key(number)), snapshot.services.get(key(number)), seed);
        }
        final Map<Integer, VirtualService> owners = new HashMap<>();
        wanted.values().forEach(service -> servers(service).forEach(server -> owners.put(server.id(), service)));
        boolean nat = false;
        final Set<IpAddress> ends = owners.isEmpty() ? Set.of() : wanted.values().stream()
            .filter(service -> service.config.key().family() == Family.IPV4)
            .flatMap(service -> servers(service).stream())
            .filter(server -> server.config().method() == ForwardingMethod.TUNNEL)
            .map(server -> way(server).source).collect(Collectors.toSet());
        assertEquals(ends, snapshot.tunnelEnds(), seed);
        for (int id = 0; id < FEW_SERVICES * SERVERS; id++) {
            final Destination destination = snapshot.destination(id);
            assertEquals(owners.containsKey(id), destination != null, seed);
            if (destination == null) {
                continue;
            }
            assertSame(owners.get(id), destination.service, seed);
            assertEquals(id, destination.id, seed);
            final boolean answers = destination.realServer.config().method() == ForwardingMethod.NAT
                && (settings.natIcmpSend() || destination.service.config.engine() != null);
            nat |= answers;
            assertSame(answers ? destination : null, snapshot.natServers.find(Family.IPV4, IpProtocol.TCP,
                destination.addressWord0, destination.addressWord1, destination.realServer.config().port()), seed);
        }
        assertEquals(!nat, snapshot.natServers.isEmpty(), seed);
    }

    @Test
    void shouldAskForTheWayOfMovedDestinationsAlone() {
        builder.put(service(1, 3, null));
        builder.put(service(2, 3, null));
        final Snapshot before = build();
        final List<Integer> asked = new ArrayList<>();
        builder.moved(2 * SERVERS + 1);
        builder.moved(5); // of nobody
        mtu = 1400;
        final Snapshot after = builder.build(server -> {
            asked.add(server.id());
            return way(server);
        }, settings, MarkRules.NONE, ClientWays.NONE);

        assertEquals(List.of(2 * SERVERS + 1), asked);
        assertEquals(1400, after.destination(2 * SERVERS + 1).adjacency.mtu);
        assertEquals(1500, before.destination(2 * SERVERS + 1).adjacency.mtu);
        assertSame(before.destination(SERVERS), after.destination(SERVERS));
        assertSame(before.services, after.services);
        assertNull(after.destination(-1));
        assertNull(after.destination(Integer.MAX_VALUE));
    }

    @Test
    void shouldKeepTheOrderOfTheRules() {
        for (int number = 0; number < 2000; number++) {
            builder.put(service(number, 0, null));
        }
        build();
        builder.remove(key(7));
        build();
        builder.put(service(7, 0, null));
        final List<VirtualService> services = build().services.services();

        assertEquals(2000, services.size());
        assertEquals(7, services.get(7).sequence);
        assertEquals(1999, services.get(1999).sequence);
    }

    /** What a change costs does not depend on how many rules there are; bytes tell it on a busy machine, too. */
    @Test
    void shouldMakeTheNextSnapshotOfWhatChangedAlone() {
        for (int number = 0; number < MANY_SERVICES; number++) {
            builder.put(service(number, SERVERS, null));
        }
        assertNotNull(build().destination(MANY_SERVICES * SERVERS - 1));
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        final int changes = 100;
        long bytes = 0;

        for (int number = 0; number < changes; number++) {
            final VirtualService changed = service(number * 97, SERVERS, null);
            final long before = threads.getCurrentThreadAllocatedBytes();
            builder.put(changed);
            build();
            bytes += threads.getCurrentThreadAllocatedBytes() - before;
        }
        final long each = bytes / changes;

        assertTrue(each < 16 << 10, each + " bytes for a change of one of " + MANY_SERVICES + " services");
    }

    private Snapshot build() {
        return builder.build(this::way, settings, MarkRules.NONE, ClientWays.NONE);
    }

    private Adjacency way(final RealServer server) {
        return new Adjacency(
            Adjacency.State.RESOLVED, 1, 0, 0, mtu, SOURCES.get(server.id() % SOURCES.size()));
    }

    private static ServiceKey key(final int number) {
        return ServiceKey.ofAddress(IpProtocol.TCP,
            IpAddress.parse("10.1." + (number >> 8) + "." + (number & 255)), number % 5 == 0 ? 0 : 80);
    }

    /** Its real servers have ids, addresses and ports that no other service has; the number decides their method. */
    private static VirtualService service(final int number, final int servers, final String engine) {
        final RealServer[] made = new RealServer[servers];
        for (int position = 0; position < servers; position++) {
            final int id = number * SERVERS + position;
            made[position] = new RealServer(id, id, DestinationConfig.of(
                IpAddress.parse("10." + (128 + (id >> 16)) + "." + (id >> 8 & 255) + "." + (id & 255)), 80,
                List.of(ForwardingMethod.DIRECT, ForwardingMethod.NAT, ForwardingMethod.TUNNEL).get(number % 3), 1));
        }
        return new VirtualService(
            new ServiceConfig(key(number), "rr", 0, 0, 0, engine, List.of()), null, 0, made, List.of(), number);
    }

    private static List<RealServer> servers(final VirtualService service) {
        final List<RealServer> servers = new ArrayList<>();
        for (int position = 0; position < service.realServerCount(); position++) {
            servers.add(service.realServer(position));
        }
        return servers;
    }

    private static Set<Integer> ids(final Map<ServiceKey, VirtualService> services) {
        return services.values().stream().flatMap(service -> servers(service).stream()).map(RealServer::id)
            .collect(Collectors.toSet());
    }
}
