package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;

import io.ringvs.service.IpProtocol;
import org.junit.jupiter.api.Test;

/**
 * Random operations on the table and on a simple model of it. 10^6 operations; with {@code -Dringvs.long=true} 10^8.
 */
class ModelTest {
    private static final int OPERATIONS = Boolean.getBoolean("ringvs.long") ? 100_000_000 : 1_000_000;
    private static final int CLIENTS = 4000;
    private static final int MAX_CONNECTIONS = 2949;
    /** An expired connection may stay for one bucket of the wheel and one step of the clock. */
    private static final int GRACE_TICKS = 2 << TimerWheel.TICKS_SHIFT;
    private static final int[] EVENTS = {TcpStates.SYN, TcpStates.FIN, TcpStates.ACK, TcpStates.ACK, TcpStates.RST};

    /**
     * What the model knows of a client's connection: its slot or -1, state, expiry, and whether it counts as active.
     */
    private final int[] slots = new int[CLIENTS];
    private final int[] states = new int[CLIENTS];
    private final int[] expiries = new int[CLIENTS];
    private final boolean[] actives = new boolean[CLIENTS];
    private int size;

    @Test
    void shouldBehaveAsItsModel() {
        final long seed = System.nanoTime();
        System.out.println("ModelTest seed " + seed);
        final Random random = new Random(seed);
        try (TestTable test = new TestTable(MAX_CONNECTIONS, 1, random.nextInt())) {
            Arrays.fill(slots, FlowLayout.NOT_FOUND);
            for (int operation = 0; operation < OPERATIONS; operation++) {
                step(test, random);
                if (operation % 100_000 == 0) {
                    check(test);
                }
            }
            check(test);
        }
    }

    private void step(final TestTable test, final Random random) {
        final int client = random.nextInt(CLIENTS);
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4 -> open(test, client);
            case 5, 6, 7, 8 -> packet(test, client, EVENTS[random.nextInt(EVENTS.length)]);
            case 9, 10 -> expireNow(test, client);
            case 11, 12, 13 -> lookup(test, client);
            default -> pass(test, random.nextInt(20) == 0 ? random.nextInt(20_000) : random.nextInt(3));
        }
    }

    private void open(final TestTable test, final int client) {
        final int result = test.open(client);
        if (slots[client] >= 0) {
            assertTrue(WorkerConnections.isExisting(result) || result == WorkerConnections.TABLE_FULL);
        } else if (result == WorkerConnections.TABLE_FULL) {
            assertTrue(size > MAX_CONNECTIONS * 9 / 10, "refused with " + size + " connections");
        } else {
            slots[client] = result;
            states[client] = TcpStates.SYN_RECV;
            expiries[client] = test.now + Ticks.ofSeconds(60);
            actives[client] = true;
            size++;
        }
    }

    private void packet(final TestTable test, final int client, final int event) {
        if (slots[client] >= 0) {
            test.worker().packet(slots[client], event, test.now);
            states[client] = ConnectionStates.next(false, ConnectionStates.INPUT_ONLY, event, states[client]);
            actives[client] = TcpStates.isActive(states[client]);
            expiries[client] = test.now
                + Ticks.ofSeconds(ProtocolTimeouts.DEFAULTS.seconds(IpProtocol.TCP, states[client]));
        }
    }

    private void expireNow(final TestTable test, final int client) {
        if (slots[client] >= 0) {
            assertTrue(test.worker().expireNow(slots[client]));
            slots[client] = FlowLayout.NOT_FOUND;
            size--;
        }
    }

    private void lookup(final TestTable test, final int client) {
        final int count = Math.min(16, CLIENTS - client);
        for (int index = 0; index < count; index++) {
            TestTable.flow(test.keys.entry(index), client + index, IpProtocol.TCP);
        }
        test.keys.size(count);
        test.table.lookup().find(test.keys);
        for (int index = 0; index < count; index++) {
            assertEquals(slots[client + index], test.keys.slot(index));
        }
    }

    private void pass(final TestTable test, final int ticks) {
        test.now += ticks;
        test.maintain();
        if (ticks > 2) {
            for (int client = 0; client < CLIENTS; client++) {
                forgetExpired(test, client);
            }
        } else {
            // who expired in this tick is found out when next met; those that may have are few
            for (int client = 0; client < CLIENTS; client++) {
                if (slots[client] >= 0 && expiries[client] - test.now <= 0) {
                    forgetExpired(test, client);
                }
            }
        }
    }

    private void forgetExpired(final TestTable test, final int client) {
        if (slots[client] >= 0) {
            final int left = expiries[client] - test.now;
            final boolean found = test.find(client) >= 0;
            assertTrue(found || left <= 0, "expired " + left + " ticks early");
            assertTrue(!found || left > -GRACE_TICKS, "still there " + -left + " ticks late");
            if (!found) {
                slots[client] = FlowLayout.NOT_FOUND;
                size--;
            }
        }
    }

    private void check(final TestTable test) {
        int active = 0;
        for (int client = 0; client < CLIENTS; client++) {
            assertEquals(slots[client], test.find(client));
            if (slots[client] >= 0) {
                assertEquals(states[client], test.table.state(slots[client]));
                assertEquals(expiries[client], test.table.expires(slots[client]));
                active += actives[client] ? 1 : 0;
            }
        }
        assertEquals(size, test.total(test.first));
        assertEquals(active, test.active(test.first));
        assertEquals(size, IndexCheck.verify(test.table));
        assertTrue(test.worker().timerEntries() <= 3 * (1 << 16), "timer entries " + test.worker().timerEntries());
    }
}
