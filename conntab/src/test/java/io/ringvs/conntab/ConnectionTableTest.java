package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.WorkerEpochs;
import org.junit.jupiter.api.Test;

class ConnectionTableTest {
    @Test
    void shouldFindWhatWasOpenedAndNothingElse() {
        try (TestTable test = new TestTable(1000, 1)) {
            final int slot = test.open(1);

            assertEquals(slot, test.find(1));
            assertEquals(FlowLayout.NOT_FOUND, test.find(2));
            assertEquals(FlowLayout.NOT_FOUND, test.table.lookup().find(test.flow(1, IpProtocol.UDP)));
            assertEquals(test.first, test.table.destination(slot));
            assertEquals(TestTable.PORT_80, test.table.destinationPort(slot));
            assertEquals(TcpStates.SYN_RECV, test.table.state(slot));
            assertEquals(1, test.table.inPackets(slot));
            assertEquals(1, test.active(test.first));
            assertEquals(1, test.total(test.first));
        }
    }

    @Test
    void shouldFindABatchAsOneByOneGivenDisplacedConnections() {
        try (TestTable test = new TestTable(4096 * 72 / 100, 1); FlowBatch batch = new FlowBatch(64)) {
            for (int client = 0; client < 2900; client++) {
                assertTrue(test.open(client) >= 0);
            }
            for (int start = 0; start < 5000; start += 50) {
                for (int index = 0; index < 50; index++) {
                    TestTable.flow(batch.entry(index), start + index, IpProtocol.TCP);
                }
                batch.size(50);
                test.table.lookup().find(batch);
                for (int index = 0; index < 50; index++) {
                    assertEquals(test.find(start + index), batch.slot(index));
                    assertEquals(start + index < 2900, batch.slot(index) >= 0);
                }
            }
        }
    }

    @Test
    void shouldReturnTheExistingConnectionGivenASecondOpenOfItsFlow() {
        try (TestTable test = new TestTable(1000, 1)) {
            final int slot = test.open(1);
            final int again = test.open(1);

            assertTrue(WorkerConnections.isExisting(again));
            assertEquals(slot, WorkerConnections.slotOf(again));
            assertEquals(1, test.total(test.first));
            assertEquals(1, test.table.size());
        }
    }

    @Test
    void shouldStepStatesAndCountActiveConnections() {
        try (TestTable test = new TestTable(1000, 1)) {
            final int slot = test.open(1);
            test.worker().packet(slot, TcpStates.ACK, test.now);
            assertEquals(TcpStates.ESTABLISHED, test.table.state(slot));
            assertEquals(test.now + 900 * Ticks.PER_SECOND, test.table.expires(slot));
            test.worker().packet(slot, TcpStates.FIN, test.now);
            assertEquals(TcpStates.FIN_WAIT, test.table.state(slot));
            assertEquals(0, test.active(test.first));
            assertEquals(1, test.total(test.first));
            assertEquals(3, test.table.inPackets(slot));
        }
    }

    @Test
    void shouldExpireOnTimeGivenTheTimeoutBecameShorter() {
        try (TestTable test = new TestTable(1000, 1)) {
            final int slot = test.open(1);
            test.worker().packet(slot, TcpStates.ACK, test.now);
            test.pass(100);
            test.worker().packet(slot, TcpStates.RST, test.now);
            test.pass(9);
            assertEquals(slot, test.find(1));
            test.pass(2);
            assertEquals(FlowLayout.NOT_FOUND, test.find(1));
            assertEquals(0, test.total(test.first));
            assertEquals(0, test.table.size());
        }
    }

    @Test
    void shouldLiveOnGivenPacketsKeepComing() {
        try (TestTable test = new TestTable(1000, 1)) {
            final int slot = test.open(1);
            for (int minute = 0; minute < 60; minute++) {
                test.worker().packet(slot, TcpStates.SYN, test.now);
                test.pass(59);
                assertEquals(slot, test.find(1), "after " + minute + " min");
            }
            test.pass(3);
            assertEquals(FlowLayout.NOT_FOUND, test.find(1));
        }
    }

    @Test
    void shouldExpireAcrossTheWrapOfTheClock() {
        try (TestTable test = new TestTable(1000, 1, Integer.MAX_VALUE - 10 * Ticks.PER_SECOND)) {
            test.open(1);
            test.pass(59);
            assertTrue(test.find(1) >= 0);
            test.pass(2);
            assertEquals(FlowLayout.NOT_FOUND, test.find(1));
        }
    }

    @Test
    void shouldKeepASlotUntouchedUntilEveryWorkerWasQuiescent() {
        try (TestTable test = new TestTable(16, 2)) {
            final int slot = test.open(1);
            assertTrue(test.worker().expireNow(slot));
            assertEquals(FlowLayout.NOT_FOUND, test.find(1));
            for (int cycle = 0; cycle < 3; cycle++) {
                test.epochs.quiescent(0);
                test.worker().maintain(test.now, 100);
                assertFalse(test.table.isLive(slot));
                assertEquals(test.first, test.table.destination(slot));
            }
            final int other = test.open(1);
            assertFalse(other == slot);
            assertTrue(test.worker().expireNow(other));
            test.maintain();
            test.maintain();
            test.maintain();
            assertEquals(slot, test.open(1));
        }
    }

    @Test
    void shouldRefuseAndCountGivenTheTableIsFull() {
        try (TestTable test = new TestTable(100, 1)) {
            for (int client = 0; client < 100; client++) {
                assertTrue(test.open(client) >= 0);
            }
            assertEquals(WorkerConnections.TABLE_FULL, test.open(100));
            assertEquals(1, test.worker().refused());
            assertEquals(100, test.table.size());
            test.worker().expireNow(test.find(7));
            test.maintain();
            test.maintain();
            assertTrue(test.open(100) >= 0);
        }
    }

    @Test
    void shouldRejectASizeOutOfRange() {
        try (TestTable test = new TestTable(100, 1)) {
            final IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class,
                () -> new ConnectionTable(0, test.destinations, new WorkerEpochs(1), TableMemory.ofProcess(), 0));
            assertEquals("the table can hold from 1 to 96636764 connections, not 0", thrown.getMessage());
        }
    }
}
