package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.Tunnel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExpectedConnectionsTest {
    private static final int WORKERS = 3;
    private static final int ROUNDS = Boolean.getBoolean("ringvs.long") ? 1_000_000 : 20_000;
    private static final int CONTROL = 5;
    private static final int DATA = 7;
    private static final short UNKNOWN = 0;

    private final TestTable test = new TestTable(1000, WORKERS);

    ExpectedConnectionsTest() {
        test.destinations.configure(test.first, DestinationConfig.of(
            test.destinations.address(test.first), 80, ForwardingMethod.NAT, 1), TestTable.NAT);
    }

    @AfterEach
    void close() {
        test.close();
    }

    /** A control connection of the client of {@link #flow}. */
    private int control() {
        final int slot = test.worker().open(
            test.wanted.of(flow(0, CONTROL), test.first, TestTable.PORT_80, TestTable.NAT).helped(), TcpStates.SYN, 0);
        test.worker().packet(slot, TcpStates.ACK, 0);
        return slot;
    }

    /** The key of a client's flow, which the table's tests give port 80: clients here differ in ports alone. */
    private long flow(final int entry, final int client) {
        return TestTable.flow(test.keys.entry(entry), client, IpProtocol.TCP);
    }

    private int expect(final int worker, final int control) {
        return test.table.worker(worker).expected().expect(control, test.table.clientWord0(control),
            test.table.clientWord1(control), UNKNOWN, TestTable.PORT_80, TestTable.PORT_80, test.now);
    }

    @Test
    void shouldFindConnectionByAnyPortUntilOneIsFilledIn() {
        final int control = control();
        final int waiting = expect(0, control);
        final int found = test.table.lookup().find(flow(0, DATA));
        assertTrue(FlowLayout.isPortless(found));
        assertFalse(FlowLayout.isReply(found));
        assertEquals(waiting, FlowLayout.slotOfPortless(found));
        assertEquals(2, test.total(test.first));

        final int filled = test.worker().expected().fillClientPort(waiting, flow(0, DATA), test.now);
        assertEquals(filled, test.table.lookup().find(flow(0, DATA)));
        assertEquals(TcpStates.LISTEN, test.table.state(filled));
        assertEquals(FlowLayout.NOT_FOUND, test.table.lookup().find(flow(0, DATA + 1)));
        assertEquals(ExpectedConnections.TAKEN,
            test.worker().expected().fillClientPort(waiting, flow(0, DATA + 1), test.now), "found before");
        assertEquals(filled,
            test.worker().expected().fillClientPort(waiting, flow(0, DATA), test.now), "found before, too");
        assertEquals(2, test.total(test.first));
        assertEquals(1, test.active(test.first));
        assertFalse(test.worker().expireNow(control), "it controls the connection");
        assertTrue(test.worker().expireNow(filled));
        assertTrue(test.worker().expireNow(control));
        assertEquals(0, test.total(test.first));
        assertEquals(0, test.active(test.first));
    }

    @Test
    void shouldNotRaiseCountWhilePortIsFilledIn() {
        final int control = control();
        final int waiting = expect(0, control);
        test.destinations.configure(test.first, new DestinationConfig(test.destinations.address(test.first), 80,
            ForwardingMethod.NAT, Tunnel.IPIP, 1, 1, 3, 0), TestTable.NAT);
        test.worker().expected().fillClientPort(waiting, flow(0, DATA), test.now);
        assertFalse(test.destinations.isOverloaded(test.first));
    }

    @Test
    void shouldListenAgainGivenConnectionIsThere() {
        final int control = control();
        final int waiting = expect(0, control);
        assertEquals(waiting, expect(0, control));
        test.pass(100);
        assertEquals(waiting, expect(0, control));
        test.pass(100);
        assertTrue(test.table.isLive(waiting), "its time began anew");
        test.pass(25);
        assertFalse(test.table.isLive(waiting));
    }

    @Test
    void shouldGiveWayToConnectionOfAnotherServer() {
        final int control = control();
        final int other = test.worker().open(test.wanted.of(flow(0, CONTROL + 1), test.second, TestTable.PORT_80,
            TestTable.NAT).helped(), TcpStates.SYN, 0);
        final int former = expect(0, control);
        final int latter = expect(0, other);
        assertFalse(test.table.isLive(former));
        assertEquals(test.second, test.table.destination(latter));
        assertFalse(test.table.isControlling(control));
    }

    @Test
    void shouldRefuseGivenControlConnectionIsEnding() {
        final int control = control();
        assertTrue(test.worker().expireNow(control));
        assertEquals(WorkerConnections.PARENT_ENDED, expect(0, control));
        assertEquals(0, test.table.size());
    }

    /**
     * Packets of as many client ports as there are workers race for one connection, and one wins; or of one port, and
     * all do.
     */
    @Test
    void shouldGiveConnectionToOnePortGivenSeveralRace() throws Exception {
        race(true);
    }

    @Test
    void shouldMakeOneConnectionGivenOnePortRaces() throws Exception {
        race(false);
    }

    private void race(final boolean ofSeveralPorts) throws Exception {
        final int control = control();
        final int[] results = new int[WORKERS];
        final int[] waiting = new int[1];
        final CyclicBarrier barrier = new CyclicBarrier(WORKERS);
        final ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        final List<Future<?>> runs = new ArrayList<>();
        for (int number = 0; number < WORKERS; number++) {
            final int worker = number;
            runs.add(threads.submit(() -> {
                final long flow = flow(worker + 1, ofSeveralPorts ? DATA + worker : DATA);
                for (int round = 0; round < ROUNDS; round++) {
                    if (worker == 0) {
                        waiting[0] = expect(0, control);
                    }
                    barrier.await();
                    final int found = test.table.lookup().find(flow);
                    results[worker] = !FlowLayout.isPortless(found) ? found : test.table.worker(worker).expected()
                        .fillClientPort(FlowLayout.slotOfPortless(found), flow, test.now);
                    if (results[worker] < 0) {
                        results[worker] = test.table.lookup().findExactly(flow);
                    }
                    barrier.await();
                    if (worker == 0) {
                        judge(ofSeveralPorts, results);
                    }
                    test.epochs.quiescent(worker);
                    barrier.await();
                    test.table.worker(worker).maintain(0, 100);
                }
                return null;
            }));
        }
        for (final Future<?> run : runs) {
            run.get();
        }
        threads.shutdown();
        assertTrue(test.worker().expireNow(control));
        assertEquals(0, test.total(test.first));
        assertEquals(0, test.active(test.first));
        assertEquals(0, test.table.size());
        IndexCheck.verify(test.table);
    }

    private void judge(final boolean ofSeveralPorts, final int[] results) {
        int winners = 0;
        int slot = FlowLayout.NOT_FOUND;
        for (final int result : results) {
            if (result >= 0) {
                assertTrue(slot < 0 || slot == result, "two connections");
                assertTrue(test.table.isLive(result));
                slot = result;
                winners++;
            }
        }
        assertEquals(ofSeveralPorts ? 1 : WORKERS, winners);
        assertEquals(2, test.total(test.first));
        assertTrue(test.worker().expireNow(slot));
        assertEquals(0, test.table.withoutClientPort().get());
    }
}
