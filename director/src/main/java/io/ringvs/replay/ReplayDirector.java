package io.ringvs.replay;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.Defence;
import io.ringvs.conntab.TableMemory;
import io.ringvs.control.RuleContext;
import io.ringvs.control.RulePublisher;
import io.ringvs.control.RuleSet;
import io.ringvs.control.RuleUpkeep;
import io.ringvs.control.SnapshotCompiler;
import io.ringvs.control.SnapshotRulePublisher;
import io.ringvs.control.SyncProtocol;
import io.ringvs.control.TableConnections;
import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.AdmSession;
import io.ringvs.control.adm.HostNames;
import io.ringvs.control.adm.ServiceNames;
import io.ringvs.fastpath.DirectorState;
import io.ringvs.sched.Schedulers;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.PersistenceEngines;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.MarkRules;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

/**
 * A whole director for one scenario: classifier, worker and control plane, on rings in memory and a clock that is set.
 *
 * <p><b>Threading:</b> one thread, which plays the control thread and the worker in turn.
 */
final class ReplayDirector implements AutoCloseable {
    /** Time from one look at what is due to the next, while nothing happens, in milliseconds. */
    private static final long STEP_MS = 100;
    private static final int DESTINATIONS = 1 << 14;
    private static final int COUNTER_ROWS = 1 << 15;
    private static final int SERVICES = 1 << 12;
    /** conn_tab_bits of 12, Linux's default. */
    private static final int TABLE_SIZE = 1 << 12;
    private static final String PROGRAM = "ipvsadm";
    private static final Path SERVICE_NAMES = Path.of("/etc/services");

    private final VirtualClock clock = new VirtualClock();
    private final TopologyHost host;
    private final HostRouter router;
    private final HostStack stack;
    private final DestinationTable destinations = new DestinationTable(DESTINATIONS);
    private final Statistics statistics = new Statistics(1, COUNTER_ROWS);
    private final SnapshotPublisher snapshots = new SnapshotPublisher(new WorkerEpochs(1));
    private final ConnectionTable table;
    private final Classifier classifier = new Classifier();
    private final SnapshotCompiler compiler;
    private final RuleSet rules;
    private final RuleUpkeep upkeep;
    private final SnapshotRulePublisher publisher;
    private final AdmEnvironment environment;
    private final PacketSide packets;
    private final IpvsSettings settings;
    private final MarkRules marks;
    private boolean neighboursChanged;

    /** What became of a frame that was put into an interface. */
    record Outcome(List<PortFrame> out, boolean pass) {
    }

    /** What a command said. */
    record Answer(int status, String out, String err) {
    }

    /** @param maxConnections as many as the scenario may open */
    ReplayDirector(final Topology topology, final int maxConnections) throws ReplayException {
        host = new TopologyHost(topology);
        router = new HostRouter(host);
        stack = new HostStack(host);
        settings = KernelSettings.of(topology.sysctl());
        table = new ConnectionTable(
            maxConnections, destinations, snapshots.epochs(), TableMemory.ofProcess(), clock.ticks());
        table.defence(Defence.evaluate(settings, Long.MAX_VALUE));
        marks = host.markRules(topology.markRules());
        classifier.marked(marks.steered());
        classifier.hostAddresses(host.addresses());
        compiler = new SnapshotCompiler(destinations);
        rules = new RuleSet(
            new RuleContext(destinations, table.localAddresses(), statistics, host, Schedulers::exists,
                PersistenceEngines::exists, SyncProtocol.NONE, SERVICES), compiler);
        publisher = new SnapshotRulePublisher(rules, this::compile, snapshots, classifier);
        upkeep = new RuleUpkeep(rules, compiler, publisher::isSettled, clock.ms());
        environment = new AdmEnvironment(
            rules, new TableConnections(table, clock::ticks), TABLE_SIZE, ServiceNames.read(SERVICE_NAMES));
        packets = new PacketSide(host.interfaces(), new DirectorState(
            snapshots, table, destinations, statistics), clock);
    }

    private Snapshot compile() {
        table.timeouts(rules.timeouts());
        final Collection<IpAddress> moved = neighboursChanged ? compiler.addresses().all() : List.of();
        neighboursChanged = false;
        return compiler.compile(host::adjacency, moved, settings, marks, host.clientWays());
    }

    private void publish() {
        final RulePublisher.Publication publication = publisher.publish();
        do {
            packets.work();
        } while (!publication.inEffect());
    }

    /** Lets time pass up to a moment, in milliseconds since the start. */
    void advanceTo(final long timeMs) {
        while (clock.ms() < timeMs) {
            clock.set(Math.min(timeMs, clock.ms() + STEP_MS));
            packets.work();
            upkeep.poll(clock.ms());
        }
    }

    /** Puts a frame into an interface. */
    Outcome receive(final PortFrame frame) throws ReplayException {
        host.indexOf(frame.interfaceName());
        final NeighbourAnswer answer = NeighbourAnswer.of(frame.bytes());
        if (answer != null && host.learn(answer, frame.interfaceName())) {
            neighboursChanged = true;
            publish();
        }
        final byte[] mac = host.link(frame.interfaceName()).mac().bytes();
        final byte[] passed = classifier.passes(frame.bytes(), mac) ? frame.bytes() : packets.receive(frame);
        final PortFrame sent = passed == null ? null : stack.answer(passed);
        if (sent != null && classifier.isFromLocalServer(sent.bytes())) {
            packets.send(sent);
            return new Outcome(packets.collect(), false);
        }
        final List<PortFrame> out = packets.collect();
        final PortFrame routed = passed == null || !isTo(mac, passed) ? null : router.route(frame.bytes(), passed);
        if (routed != null) {
            out.add(routed);
        }
        return new Outcome(out, passed != null);
    }

    private static boolean isTo(final byte[] mac, final byte[] frame) {
        return frame.length >= mac.length && Arrays.equals(frame, 0, mac.length, mac, 0, mac.length);
    }

    /** Takes away frames that came out without an input. */
    List<PortFrame> collect() {
        return packets.collect();
    }

    /** Runs a command. */
    Answer run(final List<String> words, final String standardInput) {
        final StringBuilder out = new StringBuilder();
        try (AdmSession session = new AdmSession(environment, HostNames.NONE, PROGRAM, words)) {
            AdmSession.Step step = session.advance();
            while (step != AdmSession.Step.DONE) {
                if (step == AdmSession.Step.INPUT) {
                    session.input(standardInput);
                }
                out.append(session.out());
                session.out().setLength(0);
                step = session.advance();
            }
            if (session.changed()) {
                publish();
            }
            return new Answer(session.status(), out.append(session.out()).toString(), session.err().toString());
        }
    }

    @Override
    public void close() {
        packets.close();
        stack.close();
        table.close();
        statistics.close();
        destinations.close();
    }
}
