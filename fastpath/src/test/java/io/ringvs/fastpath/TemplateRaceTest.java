package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.ringvs.conntab.ConnectionCursor;
import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.ConnectionView;
import io.ringvs.conntab.TableMemory;
import io.ringvs.conntab.Ticks;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.FrameStack;
import io.ringvs.ring.MemoryRings;
import io.ringvs.ring.Port;
import io.ringvs.ring.RingSizes;
import io.ringvs.ring.Umem;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two workers each get a connection of the same new client of a persistent service at the same moment: whoever opens
 * the template, both connections go to its server, and there is one template.
 */
class TemplateRaceTest {
    private static final int ROUNDS = Boolean.getBoolean("ringvs.long") ? 1_000_000 : 20_000;
    private static final int SERVERS = 4;
    private static final int INTERFACE = 1;
    /** Connections of a client whose packets stopped are gone after a minute; so many clients are new each second. */
    private static final long ROUND_NS = 20_000_000;

    private final WorkerEpochs epochs = new WorkerEpochs(2);
    private final SnapshotPublisher publisher = new SnapshotPublisher(epochs);
    private final DestinationTable destinations = new DestinationTable(64);
    private final Statistics statistics = new Statistics(2, 64);
    private final TestRules rules = new TestRules(destinations, statistics);
    private final ConnectionTable table = new ConnectionTable(
        50_000, destinations, epochs, TableMemory.ofProcess(), Ticks.ofNanos(0));
    private final List<Side> sides = List.of(new Side(0), new Side(1));
    private volatile long now;

    /** One worker with rings of its own. */
    private final class Side {
        final Umem umem = Umem.map(256, 2048, 0);
        final FrameStack frames = new FrameStack(umem);
        final MemoryRings rings = new MemoryRings(umem, RingSizes.same(64));
        final Worker worker;

        Side(final int number) {
            final Port port = rings.port(INTERFACE, 0, frames);
            worker = new Worker(WorkerConfig.of(number),
                new DirectorState(publisher, table, destinations, statistics),
                new WorkerIo(umem, frames, List.of(port), null), () -> now);
        }

        /** The real server, by its MAC address, that a client's SYN goes to. */
        int serverOf(final int client, final int port) {
            assertTrue(rings.kernel().inject(FrameBuilder.tcp(TcpHeader.SYN)
                .from("10." + (client >>> 16) + "." + (client >>> 8 & 0xff) + "." + (client & 0xff), port)
                .to("10.255.0.100", 80).build()));
            worker.doWork();
            final byte[] sent = rings.kernel().collect();
            assertNotNull(sent, () -> "forwarded " + worker.counters().packets(Verdict.FORWARD));
            return sent[5];
        }

        void close() {
            worker.close();
            rings.close();
            umem.close();
        }
    }

    @AfterEach
    void close() {
        sides.forEach(Side::close);
        table.close();
        statistics.close();
        destinations.close();
    }

    @Test
    void shouldFollowOneTemplateGivenBothOpenIt() throws Exception {
        final ServiceKey key = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.255.0.100"), 80);
        rules.addPersistentService(key, 0, 30, -1);
        for (int server = 0; server < SERVERS; server++) {
            rules.addServer(key, "192.168.1." + server, 80, INTERFACE);
        }
        publisher.publish(rules.snapshot());
        final int[][] servers = new int[2][ROUNDS];
        final CyclicBarrier barrier = new CyclicBarrier(2, () -> now += ROUND_NS);
        final ExecutorService threads = Executors.newFixedThreadPool(2);
        final List<Future<?>> runs = new ArrayList<>();
        for (int number = 0; number < 2; number++) {
            final int side = number;
            runs.add(threads.submit(() -> {
                sides.get(side).worker.onStart();
                for (int round = 0; round < ROUNDS; round++) {
                    barrier.await();
                    servers[side][round] = sides.get(side).serverOf(round + 1, 1000 + side);
                }
                barrier.await();
                sides.get(side).worker.onClose();
                return null;
            }));
        }
        for (final Future<?> run : runs) {
            run.get();
        }
        threads.shutdown();
        for (int round = 0; round < ROUNDS; round++) {
            assertEquals(servers[0][round], servers[1][round], "servers of client " + (round + 1));
        }
        assertEveryTemplateIsOneOfItsKind();
    }

    private void assertEveryTemplateIsOneOfItsKind() {
        final List<String> templates = new ArrayList<>();
        int persistent = 0;
        try (ConnectionCursor cursor = table.cursor()) {
            for (ConnectionView each = cursor.next(); each != null; each = cursor.next()) {
                if (each.isTemplate()) {
                    templates.add(each.clientAddress().toString());
                }
            }
        }
        for (int id = 0; id < SERVERS; id++) {
            persistent += destinations.persistentConnections(id);
        }
        assertEquals(templates.size(), templates.stream().distinct().count());
        assertEquals(templates.size(), persistent);
        assertTrue(templates.size() > 1000, "only " + templates.size());
    }
}
