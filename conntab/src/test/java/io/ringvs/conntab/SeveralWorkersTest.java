package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;

import io.ringvs.service.IpProtocol;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

/**
 * Several workers on one small, crowded table. Of some flows all workers open and end connections: each flow's
 * successful opens and ends must balance. Of others only one worker does, and it must always find what it left,
 * whatever the others do around. A tenth of the shared flows have one home, so that later homes are in use. 10^6
 * operations; with {@code -Dringvs.long=true} 10^8.
 */
class SeveralWorkersTest {
    private static final int OPERATIONS = Boolean.getBoolean("ringvs.long") ? 100_000_000 : 1_000_000;
    private static final int WORKERS = 3;
    private static final int SHARED = 300;
    private static final int OWN = 700;
    /** Beyond all shared flows of one home, and below the other shared ones. */
    private static final int OWN_FLOWS = 1 << 28;
    private static final int BATCH = 16;

    private final TestTable test = new TestTable(2949, WORKERS);
    private final int[] shared = sharedFlows();
    private final AtomicIntegerArray balance = new AtomicIntegerArray(SHARED);

    @Test
    void shouldNeverLoseOrDoubleAConnection() throws InterruptedException, ExecutionException {
        final long seed = System.nanoTime();
        System.out.println("SeveralWorkersTest seed " + seed);
        final ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        try {
            final List<Future<?>> runs = new ArrayList<>();
            for (int number = 0; number < WORKERS; number++) {
                final Worker worker = new Worker(number, seed + number);
                runs.add(threads.submit(worker::run));
            }
            for (final Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
        for (int flow = 0; flow < SHARED; flow++) {
            assertEquals(test.find(shared[flow]) >= 0 ? 1 : 0, balance.get(flow), "opens less ends of flow " + flow);
        }
        final int live = IndexCheck.verify(test.table);
        assertEquals(live, test.total(test.first));
        final int active = countActive();
        assertEquals(active, test.active(test.first));
        assertTrue(opened() > OPERATIONS / 20, "only " + opened() + " connections were opened");
        test.close();
    }

    private int[] sharedFlows() {
        final int[] oneHome = LaterHomesTest.flowsOfOneHome(test, SHARED / 10);
        final int[] flows = new int[SHARED];
        for (int index = 0; index < SHARED; index++) {
            flows[index] = index < oneHome.length ? oneHome[index] : Integer.MAX_VALUE - index;
        }
        return flows;
    }

    private long opened() {
        long opened = 0;
        for (int number = 0; number < WORKERS; number++) {
            opened += test.table.worker(number).opened();
        }
        return opened;
    }

    private int countActive() {
        int active = 0;
        try (ConnectionCursor cursor = test.table.cursor()) {
            for (ConnectionView view = cursor.next(); view != null; view = cursor.next()) {
                active += TcpStates.isActive(view.state()) ? 1 : 0;
            }
        }
        return active;
    }

    /** One worker thread: batches of random operations with a quiescent state between them. */
    private final class Worker {
        private final int number;
        private final Random random;
        private final WorkerConnections connections;
        private final FlowBatch batch = new FlowBatch(BATCH);
        private final NewConnection wanted = new NewConnection();
        private final int[] own = new int[OWN];
        private boolean isFull;

        Worker(final int number, final long seed) {
            this.number = number;
            this.random = new Random(seed);
            this.connections = test.table.worker(number);
            Arrays.fill(own, FlowLayout.NOT_FOUND);
        }

        void run() {
            for (int done = 0; done < OPERATIONS / WORKERS; done += BATCH) {
                batch.size(BATCH);
                final int[] flows = new int[BATCH];
                for (int index = 0; index < BATCH; index++) {
                    flows[index] = random.nextBoolean()
                        ? random.nextInt(SHARED) : SHARED + number * OWN + random.nextInt(OWN);
                    TestTable.flow(batch.entry(index),
                        flows[index] < SHARED ? shared[flows[index]] : OWN_FLOWS + flows[index], IpProtocol.TCP);
                }
                test.table.lookup().find(batch);
                for (int index = 0; index < BATCH; index++) {
                    operate(flows[index], batch.entry(index), batch.slot(index));
                }
                test.epochs.quiescent(number);
                connections.maintain(0, 100);
                if (isFull) {
                    // another worker's thread is suspended within its batch; let it run
                    Thread.yield();
                    isFull = false;
                }
            }
            test.epochs.offline(number);
            batch.close();
        }

        private void operate(final int flow, final long entry, final int found) {
            if (found >= 0) {
                checkKey(entry, found);
            }
            if (flow < SHARED) {
                operateShared(flow, entry, found);
            } else {
                operateOwn(flow - SHARED - number * OWN, entry);
            }
        }

        private void operateShared(final int flow, final long entry, final int found) {
            if (found >= 0 && random.nextInt(3) == 0) {
                if (connections.expireNow(found)) {
                    balance.decrementAndGet(flow);
                }
            } else if (found >= 0) {
                connections.packet(found, random.nextBoolean() ? TcpStates.ACK : TcpStates.FIN, 0);
            } else {
                final int result = open(entry);
                if (result >= 0 && !WorkerConnections.isExisting(result)) {
                    balance.incrementAndGet(flow);
                }
            }
        }

        private void operateOwn(final int index, final long entry) {
            assertEquals(own[index], test.table.lookup().find(entry));
            if (own[index] < 0) {
                // full: while another worker's thread is suspended, no slot that was given up becomes free
                final int result = open(entry);
                own[index] = result == WorkerConnections.TABLE_FULL ? FlowLayout.NOT_FOUND : result;
                assertTrue(result == WorkerConnections.TABLE_FULL || result >= 0
                    && !WorkerConnections.isExisting(result));
            } else if (random.nextBoolean()) {
                assertTrue(connections.expireNow(own[index]));
                own[index] = FlowLayout.NOT_FOUND;
            } else {
                connections.packet(own[index], TcpStates.ACK, 0);
                assertEquals(TcpStates.ESTABLISHED, test.table.state(own[index]));
            }
        }

        private int open(final long entry) {
            final int result = connections.open(
                wanted.of(entry, test.first, TestTable.PORT_80, TestTable.DIRECT), TcpStates.SYN, 0);
            isFull |= result == WorkerConnections.TABLE_FULL;
            return result;
        }

        /** A slot found in this batch keeps its key until the batch is over. */
        private void checkKey(final long entry, final int slot) {
            final long line = test.table.flows().line(slot);
            assertEquals(UnsafeApi.getLong(entry), UnsafeApi.getLong(line + ConnectionLayout.CLIENT_ADDRESS));
            assertEquals(UnsafeApi.getLong(entry + FlowLayout.PORTS) & FlowLayout.KEY_MASK,
                UnsafeApi.getLong(line + ConnectionLayout.PORTS) & FlowLayout.KEY_MASK);
        }
    }
}
