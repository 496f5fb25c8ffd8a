package io.ringvs.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

class LocalAddressTest {
    private static final int PORTS = 65536 - 1024;
    private static final IpAddress LOCAL = IpAddress.parse("10.2.0.200");
    private static final IpAddress SERVER = IpAddress.parse("10.2.0.11");
    private static final short PORT_80 = Short.reverseBytes((short) 80);

    private final LocalAddressTable table = new LocalAddressTable(2);
    private final LocalAddress local = table.acquire(LOCAL);

    private int take(final int worker) {
        return local.take(worker, SERVER.word0(), SERVER.word1(), PORT_80, IpProtocol.TCP);
    }

    private static int port(final int localEnd) {
        return Short.reverseBytes(LocalAddress.portOf(localEnd)) & 0xffff;
    }

    @Test
    void shouldGiveEveryPortOnceAndThenRefuse() {
        final Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < PORTS; i++) {
            final int localEnd = take(i % 3 == 0 ? 1 : 0);
            assertNotEquals(LocalAddress.NONE, localEnd);
            assertSame(local, table.of(localEnd));
            assertTrue(port(localEnd) >= 1024 && ports.add(port(localEnd)));
        }
        assertTrue(local.isExhausted());
        assertEquals(0, local.refusals());

        assertEquals(LocalAddress.NONE, take(0));
        assertEquals(1, local.refusals());
        assertEquals(PORTS, local.connections());
    }

    @Test
    void shouldGiveTheOnePortThatIsFreeGivenAllOthersAreInUse() {
        final List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            ends.add(take(0));
        }
        final Random random = new Random(1);
        for (int round = 0; round < 1000; round++) {
            final int end = ends.get(random.nextInt(PORTS));
            table.free(end);
            assertFalse(local.isExhausted());
            assertEquals(end, take(round & 1));
        }
    }

    @Test
    void shouldLetAPortRestGivenOthersAreFree() {
        final int first = take(0);
        table.free(first);
        for (int i = 0; i < PORTS - 1; i++) {
            final int end = take(0);
            assertNotEquals(first, end);
            table.free(end);
        }
        assertEquals(first, take(0));
    }

    @Test
    void shouldStartWorkersFarApart() {
        final int apart = Math.abs(port(take(0)) - port(take(1)));
        assertTrue(apart == PORTS / 2 || apart == PORTS - PORTS / 2, "apart by " + apart);
    }

    @Test
    void shouldUseAPortTowardsSeveralServers() {
        final Deque<Integer> ends = new ArrayDeque<>();
        for (int server = 0; server < 64; server++) {
            for (int i = 0; i < 2 * PORTS / 64; i++) {
                ends.add(local.take(0, server, 0, PORT_80, IpProtocol.TCP));
            }
        }
        assertFalse(ends.contains(LocalAddress.NONE));
        assertEquals(ends.size(), new HashSet<>(ends).size());
    }

    @Test
    void shouldGiveWorkersDifferentPortsAtTheSameTime() throws Exception {
        final ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            final List<Future<List<Integer>>> results = new ArrayList<>();
            for (int worker = 0; worker < 2; worker++) {
                results.add(threads.submit(churn(worker)));
            }
            final Set<Integer> ports = new HashSet<>();
            for (final Future<List<Integer>> each : results) {
                each.get().forEach(end -> assertTrue(ports.add(port(end)), "port " + port(end) + " was given twice"));
            }
            assertEquals(ports.size(), local.connections());
        } finally {
            threads.shutdown();
        }
    }

    /** Takes what it gets, frees some of it, and ends with ports that it holds. */
    private Callable<List<Integer>> churn(final int worker) {
        return () -> {
            final Random random = new Random(worker);
            final List<Integer> held = new ArrayList<>();
            for (int round = 0; round < 300_000; round++) {
                final int end = take(worker);
                if (end != LocalAddress.NONE) {
                    held.add(end);
                }
                // the other thread may have taken every port before this one begins
                if (!held.isEmpty() && (end == LocalAddress.NONE || random.nextInt(3) == 0)) {
                    final int last = held.size() - 1;
                    final int freed = held.set(random.nextInt(last + 1), held.get(last));
                    held.remove(last);
                    table.free(freed);
                }
            }
            return held;
        };
    }

    @Test
    void shouldKeepAnAddressUntilNeitherServiceNorConnectionUsesIt() {
        assertSame(local, table.acquire(LOCAL));
        final int end = take(0);
        table.release(local);
        table.sweep();
        assertSame(local, table.of(end));

        table.release(local);
        table.sweep();
        assertSame(local, table.of(end));

        table.free(end);
        table.sweep();
        assertNull(table.of(end));
        assertTrue(table.addresses().isEmpty());
    }

    @Test
    void shouldRefuseMoreAddressesThanThereIsRoomFor() {
        for (int i = 1; i < LocalAddressTable.CAPACITY; i++) {
            table.acquire(IpAddress.ofWords(Family.IPV4, i, 0));
        }
        assertThrows(IllegalStateException.class, () -> table.acquire(SERVER));
    }
}
