package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.MarkRules;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

class SnapshotRulePublisherTest {
    private static final ServiceKey WEB = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.1"), 80);

    private static final IpAddress SERVER = IpAddress.parse("10.2.0.11");

    private final List<String> events = new ArrayList<>();
    private final WorkerEpochs epochs = new WorkerEpochs(2);
    private final SnapshotPublisher snapshots = new SnapshotPublisher(epochs);
    private SnapshotCompiler compiler;
    private final TestRules test = new TestRules(live -> compiler = new SnapshotCompiler(live));
    private final RuleSet rules = test.rules;
    private boolean steeringFull;
    private Adjacency way = TestRules.NOWHERE;
    private Set<ReplySource> localServers = Set.of();
    private final SnapshotRulePublisher publisher = new SnapshotRulePublisher(rules, () -> {
        events.add("compile");
        return compiler.compile(address -> way, List.of(), IpvsSettings.DEFAULTS);
    }, snapshots, new Steering() {
        @Override
        public void add(final Collection<ServiceKey> services) {
            if (steeringFull) {
                throw new IllegalStateException("the steering map is full");
            }
            events.add("steer " + services.size());
        }

        @Override
        public void remove(final Collection<ServiceKey> services) {
            events.add("leave " + services.size());
        }

        @Override
        public void marked(final Collection<MarkRules.Steered> wanted) {
            events.add("marked " + wanted.size());
        }

        @Override
        public void addAnswers(final Collection<ReplySource> sources) {
            events.add("answers " + sources.size());
        }

        @Override
        public void removeAnswers(final Collection<ReplySource> sources) {
            events.add("no answers " + sources.size());
        }

        @Override
        public void localAddresses(final Set<IpAddress> addresses) {
            events.add("local addresses " + addresses.size());
        }

        @Override
        public void hostAddresses(final Set<IpAddress> addresses) {
            events.add("addresses " + addresses.size());
        }

        @Override
        public void tunnelEnds(final Set<IpAddress> addresses) {
            events.add("tunnel ends " + addresses.size());
        }

        @Override
        public void localServers(final Set<ReplySource> sources) {
            localServers = sources;
        }
    });

    @BeforeEach
    void online() {
        epochs.online(0);
        epochs.online(1);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void shouldSteerBeforePublishingAndLeaveAfterGracePeriod() throws RuleException {
        rules.addService(service());
        publisher.publish();
        assertEquals(List.of("steer 1", "compile"), events);
        pass();

        rules.deleteService(WEB);
        final RulePublisher.Publication removal = publisher.publish();
        epochs.quiescent(0);
        assertFalse(removal.inEffect());
        assertFalse(publisher.isSettled());
        assertEquals(1, publisher.laggard());
        assertEquals(List.of("steer 1", "compile", "compile"), events);

        epochs.quiescent(1);
        assertTrue(removal.inEffect());
        assertEquals(List.of("steer 1", "compile", "compile", "leave 1"), events);
        assertTrue(publisher.isSettled());
        assertEquals(-1, publisher.laggard());
    }

    @Test
    void shouldLookForAnswersOfRealServersThatAreThisHost() throws RuleException {
        way = new Adjacency(Adjacency.State.LOCAL, 0, 0, 0, 0);
        final ServiceKey every = ServiceKey.ofAddress(IpProtocol.UDP, WEB.address(), 0);
        final ServiceKey marked = ServiceKey.ofFwmark(Family.IPV4, 1);
        rules.addService(service());
        rules.addService(new ServiceConfig(every, "rr", ServiceFlags.PERSISTENT, 300, -1, null, List.of()));
        rules.addService(new ServiceConfig(marked, "rr", 0, 0, -1, null, List.of()));
        rules.addDestination(WEB, DestinationConfig.of(SERVER, 80, ForwardingMethod.DIRECT, 1));
        rules.addDestination(every, DestinationConfig.of(SERVER, 0, ForwardingMethod.NAT, 1));
        rules.addDestination(marked, DestinationConfig.of(SERVER, 80, ForwardingMethod.TUNNEL, 1));
        publisher.publish();

        assertEquals(Set.of(new ReplySource(WEB.address(), IpProtocol.TCP, 80),
            new ReplySource(SERVER, IpProtocol.UDP, 0)), localServers);

        rules.deleteDestination(WEB, SERVER, 80);
        rules.deleteService(every);
        publisher.publish();
        assertEquals(Set.of(), localServers);
    }

    @Test
    void shouldKeepSteeringGivenServiceAddedAgainMeanwhile() throws RuleException {
        rules.addService(service());
        publisher.publish();
        rules.deleteService(WEB);
        publisher.publish();
        rules.addService(service());
        final RulePublisher.Publication last = publisher.publish();

        pass();

        assertTrue(last.inEffect());
        assertEquals(List.of("steer 1", "compile", "compile", "compile"), events);
    }

    @Test
    void shouldSteerAllOfAnAddressWhileAnyServiceNeedsIt() throws RuleException {
        final ServiceKey ftp = ServiceKey.ofAddress(IpProtocol.TCP, WEB.address(), 21);
        final ServiceKey every = ServiceKey.ofAddress(IpProtocol.TCP, WEB.address(), 0);
        rules.addService(service(ftp));
        publisher.publish();
        rules.addService(service(every));
        publisher.publish();
        rules.deleteService(ftp);
        publisher.publish();
        pass();
        assertEquals(List.of("steer 1", "compile", "compile", "compile"), events);

        rules.addService(service(ftp));
        publisher.publish();
        rules.deleteService(every);
        publisher.publish();
        pass();
        assertEquals(5, events.stream().filter("compile"::equals).count());
        assertFalse(events.contains("leave 1"));

        rules.deleteService(ftp);
        publisher.publish();
        pass();
        assertEquals("leave 1", events.get(events.size() - 1));
    }

    @Test
    void shouldBeInEffectAtOnceGivenNoWorkerIsOnline() throws RuleException {
        epochs.offline(0);
        epochs.offline(1);
        rules.addService(service());

        assertTrue(publisher.publish().inEffect());
    }

    @Test
    void shouldSteerAnswersBeforePublishingAndLeaveAfterGracePeriod() throws RuleException {
        rules.addService(service());
        rules.addDestination(WEB, DestinationConfig.of(SERVER, 80, ForwardingMethod.NAT, 1));
        publisher.publish();
        pass();
        rules.deleteService(WEB);
        publisher.publish();
        assertEquals(List.of("steer 1", "answers 1", "compile", "compile"), events);
        pass();
        assertEquals(List.of("steer 1", "answers 1", "compile", "compile", "leave 1", "no answers 1"), events);
    }

    @Test
    void shouldKeepSteeringAnswersThatAnotherServiceHasToo() throws RuleException {
        final ServiceKey other = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.2"), 80);
        rules.addService(service());
        rules.addService(new ServiceConfig(other, "rr", 0, 0, -1, null, List.of()));
        rules.addDestination(WEB, DestinationConfig.of(SERVER, 80, ForwardingMethod.NAT, 1));
        rules.addDestination(other, DestinationConfig.of(SERVER, 80, ForwardingMethod.NAT, 1));
        publisher.publish();
        rules.editDestination(WEB, DestinationConfig.of(SERVER, 80, ForwardingMethod.DIRECT, 1));
        publisher.publish();
        pass();
        assertEquals(List.of("steer 2", "answers 1", "compile", "compile"), events);

        rules.editDestination(other, DestinationConfig.of(SERVER, 80, ForwardingMethod.DIRECT, 1));
        publisher.publish();
        rules.editDestination(other, DestinationConfig.of(SERVER, 80, ForwardingMethod.NAT, 1));
        publisher.publish();
        pass();
        assertEquals(List.of("steer 2", "answers 1", "compile", "compile", "compile", "compile"), events);
    }

    @Test
    void shouldPublishNothingGivenSteeringIsFull() throws RuleException {
        rules.addService(service());
        steeringFull = true;
        assertThrows(IllegalStateException.class, publisher::publish);
        assertEquals(0, snapshots.current().version);

        steeringFull = false;
        publisher.publish();
        assertEquals(List.of("steer 1", "compile"), events);
    }

    private void pass() {
        epochs.quiescent(0);
        epochs.quiescent(1);
        publisher.isSettled();
    }

    private static ServiceConfig service() {
        return service(WEB);
    }

    private static ServiceConfig service(final ServiceKey key) {
        final boolean everyPort = key.port() == 0;
        return new ServiceConfig(
            key, "rr", everyPort ? ServiceFlags.PERSISTENT : 0, everyPort ? 300 : 0, -1, null, List.of());
    }
}
