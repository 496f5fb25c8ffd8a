package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import com.sun.management.ThreadMXBean;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

/**
 * What one change costs on top of 10 000 services of 10 real servers each: by bytes allocated, ways asked for and
 * destinations made anew, which a busy machine does not change.
 */
class RuleChangeCostTest {
    private static final int SERVICES = 10_000;
    private static final int SERVERS = 10;
    private static final int CHANGED = 777;
    /** Allocated for one change; each reference to each destination would be ten times as much. */
    private static final long BYTES = 40_000;

    private final List<IpAddress> asked = new ArrayList<>();
    private SnapshotCompiler compiler;
    private final TestRules test = new TestRules(live -> compiler = new SnapshotCompiler(live));
    private final RuleSet rules = test.rules;
    private final SnapshotPublisher snapshots = new SnapshotPublisher(new WorkerEpochs(1));
    private final List<IpAddress> moved = new ArrayList<>();
    private final SnapshotRulePublisher publisher = new SnapshotRulePublisher(
        rules, () -> compiler.compile(this::way, moved, IpvsSettings.DEFAULTS), snapshots, Steering.NONE);

    private interface Change {
        void make() throws RuleException;
    }

    @BeforeEach
    void addManyRules() throws RuleException {
        for (int service = 0; service < SERVICES; service++) {
            rules.addService(new ServiceConfig(key(service), "wrr", 0, 0, -1, null, List.of()));
            for (int server = 0; server < SERVERS; server++) {
                rules.addDestination(key(service), server(service * SERVERS + server, 1));
            }
        }
        publish();
        changeEverythingOnce();
        assertEquals(SERVICES * SERVERS, destinations(Snapshot.EMPTY));
    }

    /** On a service of its own: what the JVM runs for the first time it has to load, which allocates, too. */
    private void changeEverythingOnce() throws RuleException {
        final ServiceKey spare = key(SERVICES + 1);
        final DestinationConfig server = server(SERVICES * SERVERS + 1, 1);
        rules.addService(new ServiceConfig(spare, "rr", 0, 0, -1, null, List.of()));
        publish();
        rules.addDestination(spare, server);
        publish();
        rules.editDestination(spare, server);
        moved.add(server.address());
        publish();
        rules.deleteDestination(spare, server.address(), server.port());
        publish();
        rules.deleteService(spare);
        publish();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void shouldTouchOneServiceGivenItsRealServerEdited() throws RuleException {
        check(SERVERS, () -> rules.editDestination(key(CHANGED), server(CHANGED * SERVERS, 2)));
    }

    @Test
    void shouldTouchOneServiceGivenARealServerAddedAndRemoved() throws RuleException {
        final DestinationConfig added = server(SERVICES * SERVERS, 1);
        check(SERVERS + 1, () -> rules.addDestination(key(CHANGED), added));
        check(SERVERS, () -> rules.deleteDestination(key(CHANGED), added.address(), added.port()));
    }

    @Test
    void shouldTouchNoOtherServiceGivenOneAddedAndRemoved() throws RuleException {
        check(0, () -> rules.addService(new ServiceConfig(key(SERVICES), "rr", 0, 0, -1, null, List.of())));
        check(0, () -> rules.deleteService(key(CHANGED)));
        check(0, () -> rules.deleteService(key(SERVICES)));
    }

    @Test
    void shouldTouchOneDestinationGivenItsWayChanged() throws RuleException {
        check(1, () -> moved.add(server(CHANGED, 1).address()));
    }

    /** Makes a change, which must ask for so many ways, make as many destinations, and leave little garbage. */
    private void check(final int destinations, final Change change) throws RuleException {
        final Snapshot before = snapshots.current();
        asked.clear();
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        final long begun = threads.getCurrentThreadAllocatedBytes();
        change.make();
        publish();
        final long bytes = threads.getCurrentThreadAllocatedBytes() - begun;

        assertEquals(destinations, asked.size());
        assertEquals(destinations, destinations(before));
        assertTrue(bytes < BYTES, bytes + " bytes");
    }

    private void publish() {
        publisher.publish();
        moved.clear();
    }

    /** Destinations of the newest snapshot that are not those of another one. */
    private int destinations(final Snapshot before) {
        int different = 0;
        for (int id = 0; id < 2 * SERVICES * SERVERS; id++) {
            final Destination now = snapshots.current().destination(id);
            different += now != null && now != before.destination(id) ? 1 : 0;
        }
        return different;
    }

    private Adjacency way(final IpAddress address) {
        asked.add(address);
        return TestRules.NOWHERE;
    }

    private static ServiceKey key(final int number) {
        return ServiceKey.ofAddress(IpProtocol.TCP, address(10, number), 80);
    }

    private static DestinationConfig server(final int number, final int weight) {
        return DestinationConfig.of(address(11, number), 80, ForwardingMethod.DIRECT, weight);
    }

    private static IpAddress address(final int first, final int number) {
        return IpAddress.of(new byte[] {(byte)first, (byte)(number >> 16), (byte)(number >> 8), (byte)number});
    }
}
