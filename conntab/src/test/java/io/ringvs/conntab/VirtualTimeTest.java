package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class VirtualTimeTest {
    private static final int CONNECTIONS = 5000;
    private static final int HOURS = 3;

    /** Each connection gets a packet every ten minutes for three hours, and then none. */
    @Test
    void shouldVisitAConnectionOnceInTwoMinutesAndEndItWithinASecond() {
        try (TestTable test = new TestTable(CONNECTIONS, 1)) {
            final int[] slots = new int[CONNECTIONS];
            for (int client = 0; client < CONNECTIONS; client++) {
                slots[client] = test.open(client);
                test.worker().packet(slots[client], TcpStates.ACK, test.now);
            }
            long visits = 0;
            for (int second = 1; second <= HOURS * 3600; second++) {
                visits += passOneSecond(test);
                for (int client = second % 600; client < CONNECTIONS; client += 600) {
                    test.worker().packet(slots[client], TcpStates.ACK, test.now);
                }
            }
            assertEquals(CONNECTIONS, test.table.size());
            assertTrue(visits <= CONNECTIONS * (HOURS * 30L + 2), visits + " visits");
            for (int client = 0; client < CONNECTIONS; client++) {
                test.worker().packet(slots[client], TcpStates.ACK, test.now);
            }
            for (int second = 0; second < 899; second++) {
                passOneSecond(test);
            }
            assertEquals(CONNECTIONS, test.table.size());
            passOneSecond(test);
            passOneSecond(test);
            assertEquals(0, test.table.size());
            assertEquals(0, test.total(test.first));
        }
    }

    private static int passOneSecond(final TestTable test) {
        test.now += Ticks.PER_SECOND;
        test.epochs.quiescent(0);
        return test.worker().maintain(test.now, Integer.MAX_VALUE);
    }
}
