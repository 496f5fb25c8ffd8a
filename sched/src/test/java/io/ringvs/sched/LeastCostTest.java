package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.RealServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schedulers that look for the least of a cost: against their definitions written out as Linux's loops. */
class LeastCostTest {
    @ParameterizedTest
    @ValueSource(strings = {"lc", "wlc", "sed", "nq", "fo", "ovf"})
    void shouldChooseAsTheDefinitionDoesOnRandomHistories(final String scheduler) {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final int scanned = LeastCost.SCANNED_SERVERS;
        for (final int size : new int[] {1, 5, scanned, scanned + 1, 63, 64, 65, 700}) {
            try (ServiceUnderTest service = new ServiceUnderTest(scheduler)) {
                service.batch(() -> {
                    for (int i = 0; i < size; i++) {
                        service.add("S" + i, random.nextInt(9), random.nextInt(4) * random.nextInt(6), 0);
                    }
                });
                final List<int[]> connections = new ArrayList<>();
                for (int step = 0; step < 3_000; step++) {
                    if (random.nextInt(100) == 0) {
                        changeRules(service, random, step);
                    } else {
                        changeConnections(service.live, connections, random);
                    }
                    final String expected = literal(scheduler, service);
                    assertEquals(expected, service.next(), scheduler + " of " + size + ", seed " + seed);
                    if (!expected.equals("-")) {
                        final int active = random.nextInt(2);
                        service.live.connectionBound(service.id(expected), active == 1);
                        connections.add(new int[] {service.id(expected), active});
                    }
                }
            }
        }
    }

    private static void changeRules(final ServiceUnderTest service, final Random random, final int step) {
        final List<String> names = service.names();
        final String name = names.get(random.nextInt(names.size()));
        final RealServer server = service.server(name);
        switch (random.nextInt(4)) {
            case 0 -> service.add("N" + step, random.nextInt(9), random.nextInt(6), 0);
            case 1 -> service.batch(() -> service.remove(name).revive(name, server));
            case 2 -> service.edit(name, random.nextInt(9), random.nextInt(6), 0);
            default -> service.editService(service.schedulerName(), random.nextInt(2));
        }
    }

    private static void changeConnections(
        final DestinationTable live, final List<int[]> connections, final Random random) {
        for (int i = random.nextInt(4); i > 0 && !connections.isEmpty(); i--) {
            final int[] connection = connections.get(random.nextInt(connections.size()));
            if (random.nextBoolean()) {
                connection[1] ^= 1;
                live.activeChanged(connection[0], connection[1] == 1 ? 1 : -1);
            } else {
                live.connectionUnbound(connection[0], connection[1] == 1);
                connections.remove(connection);
            }
        }
    }

    /** The choice by Linux's own loop over the list. */
    private static String literal(final String scheduler, final ServiceUnderTest service) {
        String best = null;
        for (final String name : service.names()) {
            final int id = service.id(name);
            final long weight = service.server(name).config().weight();
            final boolean full = scheduler.equals("ovf") && service.live.activeConnections(id) > weight;
            if (weight == 0 || service.live.isOverloaded(id) || full) {
                continue;
            }
            if (scheduler.equals("nq") && service.live.activeConnections(id) == 0) {
                return name;
            }
            if (best == null || isBetter(scheduler, service, name, best)) {
                best = name;
            }
        }
        return best == null ? "-" : best;
    }

    private static boolean isBetter(
        final String scheduler, final ServiceUnderTest service, final String name, final String best) {
        final long weight = service.server(name).config().weight();
        final long bestWeight = service.server(best).config().weight();
        final int id = service.id(name);
        final int bestId = service.id(best);
        final DestinationTable live = service.live;
        return switch (scheduler) {
            case "lc" -> overhead(live, bestId) > overhead(live, id);
            case "wlc" -> overhead(live, bestId) * weight > overhead(live, id) * bestWeight;
            case "fo", "ovf" -> weight > bestWeight;
            default -> (live.activeConnections(bestId) + 1) * weight > (live.activeConnections(id) + 1) * bestWeight;
        };
    }

    private static long overhead(final DestinationTable live, final int id) {
        return live.activeConnections(id) * 256L + live.inactiveConnections(id);
    }

    @Test
    void shouldBeOffByNoMoreThanTheOtherWorkersGivenSeveralChooseAtOnce() throws Exception {
        final int workers = 4;
        final int servers = 100;
        try (ServiceUnderTest service = new ServiceUnderTest("wlc")) {
            service.batch(() -> {
                for (int i = 0; i < servers; i++) {
                    service.add("S" + i, 1);
                }
            });
            connectAtOnce(service, workers, 5_000);
            int least = Integer.MAX_VALUE;
            int most = 0;
            int sum = 0;
            for (final String name : service.names()) {
                final int active = service.live.activeConnections(service.id(name));
                least = Math.min(least, active);
                most = Math.max(most, active);
                sum += active;
            }
            assertEquals(workers * 5_000, sum);
            assertTrue(most - least <= workers, least + " to " + most + " connections");
            // what was marked by all workers is seen: choices are exact again
            for (int i = 0; i < 500; i++) {
                assertEquals(literal("wlc", service), service.connect(true));
            }
        }
    }

    private static void connectAtOnce(final ServiceUnderTest service, final int workers, final int each)
        throws Exception {
        final CyclicBarrier start = new CyclicBarrier(workers);
        final List<Thread> threads = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            final Thread thread = new Thread(() -> {
                try {
                    start.await();
                } catch (final Exception e) {
                    throw new IllegalStateException(e);
                }
                final SchedulingRequest request = new SchedulingRequest();
                for (int i = 0; i < each; i++) {
                    service.live.connectionBound(service.scheduler().select(request), true);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (final Thread thread : threads) {
            thread.join();
        }
    }
}
