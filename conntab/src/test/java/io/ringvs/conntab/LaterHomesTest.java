package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;

import io.ringvs.service.IpProtocol;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

/** What happens to flows whose home has no place left. */
class LaterHomesTest {
    private static final int FLOWS = 60;

    /** Flows of {@link TestTable} that all have the first home of flow 0. */
    static int[] flowsOfOneHome(final TestTable test, final int count) {
        final FlowTable flows = test.table.flows();
        final int home = flows.home(flows.hashOf(test.flow(0)));
        final int[] found = new int[count];
        int next = 0;
        for (int client = 0; next < count; client++) {
            if (flows.home(flows.hashOf(test.flow(client))) == home) {
                found[next++] = client;
            }
        }
        return found;
    }

    @Test
    void shouldOpenAndFindAnyNumberOfFlowsOfOneHome() {
        try (TestTable test = new TestTable(2000, 1)) {
            final int[] clients = flowsOfOneHome(test, FLOWS);
            final int[] slots = new int[FLOWS];
            for (int index = 0; index < FLOWS; index++) {
                slots[index] = test.open(clients[index]);
                assertTrue(slots[index] >= 0, "refused with " + index + " of its home");
                assertTrue(WorkerConnections.isExisting(test.open(clients[index])));
            }
            assertEquals(FLOWS - 9, test.table.flows().laterHomes().size());
            for (int index = 0; index < FLOWS; index++) {
                assertEquals(slots[index], test.find(clients[index]));
            }
            for (int index = 0; index < FLOWS; index++) {
                TestTable.flow(test.keys.entry(index), clients[index], IpProtocol.TCP);
            }
            test.keys.size(FLOWS);
            test.table.lookup().find(test.keys);
            for (int index = 0; index < FLOWS; index++) {
                assertEquals(slots[index], test.keys.slot(index));
            }
            assertEquals(FLOWS, IndexCheck.verify(test.table));
        }
    }

    @Test
    void shouldFindTheOneAtALaterHomeAndNotOpenItAgainGivenItsFirstHomeHasRoomNow() {
        try (TestTable test = new TestTable(2000, 1)) {
            final int[] clients = flowsOfOneHome(test, FLOWS);
            for (final int client : clients) {
                test.open(client);
            }
            final int last = test.find(clients[FLOWS - 1]);
            for (int index = 0; index < 9; index++) {
                assertTrue(test.worker().expireNow(test.find(clients[index])));
            }
            test.maintain();
            test.maintain();
            assertEquals(last, test.find(clients[FLOWS - 1]));
            assertEquals(last, WorkerConnections.slotOf(test.open(clients[FLOWS - 1])));

            test.pass(62);
            assertEquals(0, test.table.flows().laterHomes().size());
            assertEquals(0, IndexCheck.verify(test.table));
            assertEquals(0, test.total(test.first));
            assertTrue(test.open(clients[FLOWS - 1]) >= 0);
            assertEquals(0, test.table.flows().laterHomes().size());
        }
    }

    /**
     * Fills a table to its limit with random flows, then replaces them all, a thousand at a time: none is refused. With
     * {@code -Dringvs.long=true} ten million, otherwise two hundred thousand.
     */
    @Test
    void shouldRefuseNoneUpToTheLimitGivenRandomFlows() {
        final int limit = Boolean.getBoolean("ringvs.long") ? 10_000_000 : 200_000;
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (TestTable test = new TestTable(limit, 1)) {
            final int[] slots = new int[limit];
            for (int number = 0; number < limit; number++) {
                slots[number] = openRandom(test, random);
            }
            int most = test.table.flows().laterHomes().size();
            for (int first = 0; first < limit; first += 1000) {
                for (int number = first; number < first + 1000; number++) {
                    assertTrue(test.worker().expireNow(slots[number]));
                }
                test.maintain();
                test.maintain();
                for (int number = first; number < first + 1000; number++) {
                    slots[number] = openRandom(test, random);
                }
                most = Math.max(most, test.table.flows().laterHomes().size());
            }
            assertEquals(0, test.worker().refused(), "seed " + seed);
            assertEquals(limit, test.table.size());
            System.out.println("LaterHomesTest seed " + seed + ": of " + limit + " connections, at most " + most
                + " stood at a later home");
        }
    }

    private static int openRandom(final TestTable test, final Random random) {
        final long flow = test.flow(0);
        UnsafeApi.putInt(flow + FlowLayout.CLIENT_ADDRESS, random.nextInt());
        UnsafeApi.putShort(flow + FlowLayout.CLIENT_PORT, (short) random.nextInt());
        final int result = test.worker().open(
            test.wanted.of(flow, test.first, TestTable.PORT_80, TestTable.DIRECT), TcpStates.SYN, test.now);
        if (WorkerConnections.isExisting(result)) {
            // two of the random flows are the same; the slot given up for it takes room until its grace period is over
            test.maintain();
            test.maintain();
            return openRandom(test, random);
        }
        return result;
    }
}
