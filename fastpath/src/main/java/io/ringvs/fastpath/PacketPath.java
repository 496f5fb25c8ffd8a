package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionLookup;
import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.PacketParser;
import io.ringvs.packet.Verdict;
import io.ringvs.snapshot.Snapshot;

/**
 * Takes one batch of received packets through all stages; afterwards each of its frames is in an egress queue, parked,
 * or free.
 *
 * <p><b>Threading:</b> one worker.
 */
final class PacketPath implements AutoCloseable {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte PARKED = Verdict.PARKED.code();
    private static final byte GROUP = Verdict.HOST_GROUP.code();

    private final PacketBatch batch;
    private final FlowBatch flows;
    private final PacketParser parser;
    private final ConnectionLookup lookup;
    private final Persistence persistence;
    private final ServerPackets serverPackets;
    private final ConnectionStage connecting;
    private final Reassembly reassembly;
    private final ReassemblyStage reassembling;
    private final RelatedStage relating;
    private final LocalAnswers localAnswers;
    private final ForwardStage forwarding;
    private final ParkingRing parking;
    private final IcmpAnswers answers;
    private final Disposal disposal;
    private final WorkerCounters counters;

    PacketPath(
        final WorkerConfig config, final DirectorState state, final WorkerIo io, final EgressPorts egress,
        final WorkerCounters counters) {
        final long umemPointer = io.umem().basePointer();
        final ConnectionTable table = state.table();
        final WorkerConnections connections = table.worker(config.number());
        final TrafficCounter traffic = new TrafficCounter(state.statistics(), config.number());
        this.counters = counters;
        lookup = table.lookup();
        batch = new PacketBatch(config.batchSize());
        flows = new FlowBatch(config.batchSize());
        parser = new PacketParser(umemPointer, batch, flows);
        persistence = new Persistence(table, connections, state.destinations(), batch, umemPointer);
        reassembly = new Reassembly(counters);
        reassembling = new ReassemblyStage(umemPointer, io.frames(), batch, parser, reassembly);
        forwarding = new ForwardStage(
            umemPointer, egress, io.frames(), reassembly, table.localAddresses(), counters);
        final FtpHelper ftp = new FtpHelper(io.umem(), table, connections, batch);
        final Translations translations = new Translations(umemPointer, table, batch, config.number());
        final Replies replies = new Replies(
            umemPointer, table, connections, flows, batch, egress, forwarding, ftp, traffic, translations);
        final ConnectionOpener opener = new ConnectionOpener(umemPointer, table, connections,
            state.destinations(), state.ftpPorts(), persistence, flows, batch, traffic, translations);
        serverPackets = new ServerPackets(table, flows, batch, replies, new ServerCalls(
            connections, state.destinations(), persistence, flows, batch, replies, traffic));
        connecting = new ConnectionStage(
            table, connections, flows, batch, opener, replies, serverPackets, ftp, traffic, translations);
        answers = new IcmpAnswers(
            umemPointer, egress, new IcmpLimiter(state.publisher().epochs().workers()), counters);
        relating = new RelatedStage(umemPointer, table, connections, opener, flows, batch, replies,
            new TunnelErrors(umemPointer, table, batch, egress, answers, traffic),
            new SecuredPackets(umemPointer, table, connections, batch, replies, traffic, translations),
            traffic, translations);
        localAnswers = new LocalAnswers(umemPointer, table, flows, batch, replies);
        parking = new ParkingRing();
        disposal = new Disposal(io.umem(), io.frames(), reassembly, io.host(), counters, answers, traffic);
    }

    /** The batch to be filled with received frames. */
    PacketBatch batch() {
        return batch;
    }

    /**
     * Treats the packets of the batch.
     *
     * @param nowTicks the time as connections keep it
     * @param nowNs    the same time in nanoseconds
     */
    void process(final Snapshot snapshot, final int nowTicks, final long nowNs) {
        parse();
        if (batch.related != 0) {
            reassembling.reassemble(nowNs);
        }
        lookup();
        connect(snapshot, nowTicks);
        if (batch.related != 0) {
            answers.begin(snapshot.settings, nowNs);
            relating.relate(snapshot, nowTicks, nowNs);
        }
        forward(snapshot, nowNs);
    }

    /** Treats the frames of the batch likewise, which local real servers send; times as for {@link #process}. */
    void processLocal(final Snapshot snapshot, final int nowTicks, final long nowNs) {
        parse();
        if (batch.related != 0) {
            reassembling.reassemble(nowNs);
        }
        lookup();
        localAnswers.answer(snapshot, nowTicks);
        for (int i = 0; i < batch.count; i++) {
            if (batch.verdicts[i] == GROUP) {
                disposal.discard(batch.addresses[i]);
            } else if (batch.verdicts[i] != FORWARD) {
                disposal.dispose(batch.verdicts[i], batch.addresses[i], batch.lengths[i]);
            }
        }
    }

    /** First stage: headers and flow keys. */
    void parse() {
        parser.parse();
    }

    /** Second stage: hash all flows, touch all their lines, compare. */
    void lookup() {
        flows.size(batch.count);
        lookup.findBothWays(flows);
    }

    /** Third stage: connections opened and stepped, packets counted. */
    void connect(final Snapshot snapshot, final int nowTicks) {
        connecting.connect(snapshot, nowTicks);
    }

    /** Fourth stage: frames rewritten and queued, or parked, or ended. */
    void forward(final Snapshot snapshot, final long nowNs) {
        if (batch.related != 0) {
            forwarding.forwardReassembled(batch, snapshot);
        }
        if (forwarding.forward(batch, snapshot) != batch.count) {
            answers.begin(snapshot.settings, nowNs);
            settle(snapshot, nowNs);
        }
    }

    /** Parks or ends the packets that were not queued. */
    private void settle(final Snapshot snapshot, final long nowNs) {
        for (int i = 0; i < batch.count; i++) {
            byte verdict = batch.verdicts[i];
            if (verdict == PARKED) {
                verdict = parking.park(batch, i, nowNs);
                if (verdict == PARKED) {
                    counters.count(PARKED, 1);
                    continue;
                }
            }
            if (IcmpAnswers.isAnswered(verdict)) {
                disposal.end(verdict, batch.addresses[i], batch.headers[i], batch.interfaceIndex,
                    batch.methods[i], snapshot.destination(batch.destinations[i]), forwarding.mtu(batch, i, snapshot));
            } else if (verdict != FORWARD) {
                disposal.dispose(verdict, batch.addresses[i], batch.lengths[i]);
            }
        }
    }

    /** Packets that wait for a MAC address. */
    int parked() {
        return parking.size();
    }

    /**
     * Treats the parked packets.
     *
     * @param snapshotIsNew whether there is a newer snapshot than when they were last tried
     * @return packets that wait no more
     */
    int revisitParked(final Snapshot snapshot, final boolean snapshotIsNew, final long nowNs) {
        answers.begin(snapshot.settings, nowNs);
        final int retried = snapshotIsNew ? parking.retry(forwarding, snapshot, disposal) : 0;
        return retried + parking.expire(nowNs, snapshot, disposal);
    }

    /** Ends all parked packets. */
    void dropParked() {
        parking.clear(disposal);
    }

    @Override
    public void close() {
        relating.close();
        localAnswers.close();
        serverPackets.close();
        reassembly.close();
        persistence.close();
        flows.close();
    }
}
