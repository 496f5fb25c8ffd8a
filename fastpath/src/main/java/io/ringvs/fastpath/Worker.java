package io.ringvs.fastpath;

import java.util.List;

import io.ringvs.conntab.Ticks;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.linux.CallingThread;
import io.ringvs.packet.PacketBatch;
import io.ringvs.ring.Port;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * Forwards the packets of its ports, in duty cycles: quiescent state, snapshot, a batch from each port through the
 * {@link PacketPath}, timers, one wake-up per port.
 *
 * <p><b>Threading:</b> all of it belongs to the thread that runs the agent; {@link #counters} may be read by any.
 *
 * <p><b>Errors:</b> {@link #onStart} throws {@link io.ringvs.linux.NativeCallException} if the processor is not
 * available; {@link #doWork} throws nothing.
 */
public final class Worker implements Agent, AutoCloseable {
    /** Timer entries visited in a duty cycle at most; bounds how long packets wait behind a burst of expiries. */
    private static final int TIMER_SLICE = 256;

    private final WorkerConfig config;
    private final NanoClock clock;
    private final SnapshotPublisher publisher;
    private final WorkerEpochs epochs;
    private final WorkerConnections connections;
    private final Port[] ports;
    private final EgressPorts egress;
    private final WorkerCounters counters;
    private final PacketPath path;
    private final RemovedServers removedServers;
    private final LocalOutputs localOutputs;
    /** Whether something is to be read from the local outputs, though the snapshot may know no local real server. */
    private boolean localOutputWaits;
    private long lastVersion = -1;

    public Worker(final WorkerConfig config, final DirectorState state, final WorkerIo io, final NanoClock clock) {
        this.config = config;
        this.clock = clock;
        publisher = state.publisher();
        epochs = publisher.epochs();
        connections = state.table().worker(config.number());
        ports = io.ports().toArray(new Port[0]);
        counters = new WorkerCounters(config.batchSize());
        egress = new EgressPorts(queues(io.ports(), config.batchSize(), counters));
        path = new PacketPath(config, state, io, egress, counters);
        removedServers = new RemovedServers(state.table(), config.number());
        localOutputs = new LocalOutputs(io);
    }

    private static EgressQueue[] queues(
        final List<Port> ports, final int batchSize, final WorkerCounters counters) {
        // between two flushes come at most a batch and the parked frames
        return ports.stream()
            .map((port) -> new EgressQueue(port, batchSize + ParkingRing.CAPACITY, counters))
            .toArray(EgressQueue[]::new);
    }

    @Override
    public void onStart() {
        if (config.cpu() != WorkerConfig.ANY_CPU) {
            CallingThread.pin(config.cpu());
        }
        epochs.online(config.number());
        egress.finishCycle();
    }

    @Override
    public int doWork() {
        final long nowNs = clock.nanoTime();
        final int nowTicks = Ticks.ofNanos(nowNs);
        epochs.quiescent(config.number());
        final Snapshot snapshot = publisher.current();
        int work = path.parked() == 0 ? 0 : revisitParked(snapshot, nowNs);
        for (final Port port : ports) {
            work += receive(port, snapshot, nowTicks, nowNs);
        }
        if (snapshot.hasLocalServers || localOutputWaits) {
            localOutputWaits = false;
            work += answerClients(snapshot, nowTicks, nowNs);
        }
        if (snapshot.version != lastVersion) {
            removedServers.snapshot(snapshot);
            lastVersion = snapshot.version;
        }
        if (removedServers.visitSome()) {
            work++;
        }
        if (connections.maintain(nowTicks, TIMER_SLICE) == TIMER_SLICE) {
            work++;
        }
        egress.finishCycle();
        return work;
    }

    private int receive(final Port port, final Snapshot snapshot, final int nowTicks, final long nowNs) {
        final PacketBatch batch = path.batch();
        batch.count = port.receive(batch.addresses, batch.lengths, 0, batch.capacity());
        if (batch.count == 0) {
            return 0;
        }
        batch.interfaceIndex = port.interfaceIndex();
        path.process(snapshot, nowTicks, nowNs);
        final int sent = egress.flush();
        if (sent != 0) {
            counters.recordLatency(clock.nanoTime() - nowNs, sent);
        }
        counters.countBatch(batch.count);
        return batch.count;
    }

    /** Takes a batch of what local real servers send on each interface. */
    private int answerClients(final Snapshot snapshot, final int nowTicks, final long nowNs) {
        int received = 0;
        for (int number = 0; number < localOutputs.size(); number++) {
            localOutputs.receive(number, path.batch());
            if (path.batch().count != 0) {
                path.processLocal(snapshot, nowTicks, nowNs);
                egress.flush();
                counters.countBatch(path.batch().count);
                received += path.batch().count;
            }
        }
        return received;
    }

    private int revisitParked(final Snapshot snapshot, final long nowNs) {
        final int left = path.revisitParked(snapshot, snapshot.version != lastVersion, nowNs);
        egress.flush();
        return left;
    }

    /** Packets that wait for a MAC address: an idle worker with some sleeps only briefly. */
    int parked() {
        return path.parked();
    }

    /** Number of its ports. */
    int portCount() {
        return ports.length;
    }

    /** Has the next duty cycle look at what local real servers send, whatever the rules. */
    void localOutputWaits() {
        localOutputWaits = true;
    }

    int number() {
        return config.number();
    }

    WorkerEpochs epochs() {
        return epochs;
    }

    public WorkerCounters counters() {
        return counters;
    }

    @Override
    public void onClose() {
        path.dropParked();
        egress.finishCycle();
        epochs.offline(config.number());
    }

    @Override
    public String roleName() {
        return "ringvs-worker-" + config.number();
    }

    /** Frees the worker's own memory, once its agent was closed. */
    @Override
    public void close() {
        path.close();
        counters.close();
    }
}
