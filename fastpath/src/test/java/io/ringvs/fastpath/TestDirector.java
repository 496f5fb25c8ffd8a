package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

import io.ringvs.conntab.ConnectionCursor;
import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.ConnectionView;
import io.ringvs.conntab.TableMemory;
import io.ringvs.conntab.Ticks;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.FrameLedger;
import io.ringvs.ring.FrameStack;
import io.ringvs.ring.KernelSide;
import io.ringvs.ring.MemoryRings;
import io.ringvs.ring.Port;
import io.ringvs.ring.RingSizes;
import io.ringvs.ring.Umem;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

import org.agrona.UnsafeApi;

/** One worker with real table, statistics and rules, on rings in memory; the clock is moved by hand. */
final class TestDirector implements AutoCloseable {
    /** Interfaces 1 and 2 have a port each. */
    static final int CLIENTS = 1;
    static final int SERVERS = 2;

    final WorkerEpochs epochs = new WorkerEpochs(1);
    final SnapshotPublisher publisher = new SnapshotPublisher(epochs);
    final DestinationTable destinations = new DestinationTable(1024);
    final Statistics statistics = new Statistics(1, 1024);
    final ConnectionTable table;
    final DirectorState state;
    final TestRules rules = new TestRules(destinations, statistics);
    final Umem umem;
    final FrameStack frames;
    final List<MemoryRings> rings = new ArrayList<>();
    final List<Port> ports = new ArrayList<>();
    boolean keepHandedToHost = true;
    final List<byte[]> handedToHost = new ArrayList<>();
    /** What local real servers send towards the clients. */
    final Deque<byte[]> hostSent = new ArrayDeque<>();
    final Worker worker;
    /** In nanoseconds. */
    long now = 1_000_000_000_000L;

    TestDirector() {
        this(10_000, RingSizes.same(64));
    }

    TestDirector(final int maxConnections, final RingSizes sizes) {
        umem = Umem.map(2 * sizes.framesHeld() + 64, 2048, 0);
        frames = new FrameStack(umem);
        for (final int interfaceIndex : new int[] {CLIENTS, SERVERS}) {
            final MemoryRings memory = new MemoryRings(umem, sizes);
            rings.add(memory);
            ports.add(memory.port(interfaceIndex, 0, frames));
        }
        table = new ConnectionTable(maxConnections, destinations, epochs, TableMemory.ofProcess(), Ticks.ofNanos(now));
        state = new DirectorState(publisher, table, destinations, statistics);
        worker = new Worker(WorkerConfig.of(0), state,
            new WorkerIo(umem, frames, ports, this::accept, List.of(new HostSent())), () -> now);
        worker.onStart();
    }

    private boolean accept(final long pointer, final int length) {
        if (keepHandedToHost) {
            handedToHost.add(read(pointer, length));
        }
        return true;
    }

    private static byte[] read(final long pointer, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = UnsafeApi.getByte(pointer + i);
        }
        return bytes;
    }

    private final class HostSent implements LocalOutput {
        @Override
        public int interfaceIndex() {
            return CLIENTS;
        }

        @Override
        public int read(final long pointer, final int room) {
            final byte[] frame = hostSent.poll();
            if (frame == null) {
                return 0;
            }
            for (int i = 0; i < frame.length; i++) {
                UnsafeApi.putByte(pointer + i, frame[i]);
            }
            return frame.length;
        }
    }

    KernelSide clients() {
        return rings.get(0).kernel();
    }

    KernelSide servers() {
        return rings.get(1).kernel();
    }

    void publish() {
        publisher.publish(rules.snapshot());
    }

    /** Receives packets from clients and lets the worker treat them together. */
    TestDirector receive(final byte[]... packets) {
        for (final byte[] packet : packets) {
            assertTrue(clients().inject(packet), "no room for a packet");
        }
        worker.doWork();
        return this;
    }

    /** Sends a packet and returns what came out towards the servers, or null. */
    byte[] forward(final byte[] packet) {
        receive(packet);
        return servers().collect();
    }

    /** Has a local real server send a frame and returns what came out towards the clients, or null. */
    byte[] hostSends(final byte[] frame) {
        hostSent.add(frame);
        worker.doWork();
        return clients().collect();
    }

    /** Sends a packet and returns the id of the server it went to; -1 if it went nowhere. */
    int serverOf(final byte[] packet) {
        final byte[] sent = forward(packet);
        return sent == null ? -1 : (sent[4] & 0xff) << 8 | sent[5] & 0xff;
    }

    /** Lets time pass, a second at a time. */
    void advanceSeconds(final int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += 1_000_000_000L;
            worker.doWork();
        }
    }

    long packets(final Verdict verdict) {
        return worker.counters().packets(verdict);
    }

    /** Connections and templates in order of text, as "TCP client virtual server STATE seconds". */
    List<String> listing() {
        final List<String> lines = new ArrayList<>();
        try (ConnectionCursor cursor = table.cursor()) {
            for (ConnectionView each = cursor.next(); each != null; each = cursor.next()) {
                lines.add(IpProtocol.name(each.protocol())
                    + ' ' + each.clientAddress() + ':' + each.clientPort()
                    + ' ' + each.virtualAddress() + ':' + each.virtualPort()
                    + ' ' + each.destinationAddress() + ':' + each.destinationPort()
                    + ' ' + each.stateName() + ' ' + each.secondsLeft(Ticks.ofNanos(now)));
            }
        }
        Collections.sort(lines);
        return lines;
    }

    void assertListing(final String... lines) {
        assertEquals(String.join("\n", lines), String.join("\n", listing()));
    }

    void assertOnly(final Verdict verdict, final long packets) {
        for (final Verdict other : Verdict.values()) {
            assertEquals(other == verdict ? packets : 0, packets(other), other.name());
        }
    }

    /** Every frame is in exactly one place; parked ones in the worker's. */
    void verifyFrames() {
        final FrameLedger ledger = new FrameLedger(umem).stack(frames);
        for (final Port port : ports) {
            ledger.rings("interface " + port.interfaceIndex(), port.rings());
        }
        ledger.verify();
    }

    @Override
    public void close() {
        worker.onClose();
        verifyFrames();
        worker.close();
        rings.forEach(MemoryRings::close);
        umem.close();
        table.close();
        statistics.close();
        destinations.close();
    }
}
