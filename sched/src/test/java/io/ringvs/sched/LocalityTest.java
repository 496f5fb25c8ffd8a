package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.service.RealServer;
import org.junit.jupiter.api.Test;

/** What lblc and lblcr remember, and for how long. */
class LocalityTest {
    private static final int TICKS_PER_MINUTE = 60 * 250;
    private static final int TICKS_PER_DAY = 24 * 60 * TICKS_PER_MINUTE;

    @Test
    void shouldKeepTheServerOfADestinationGivenItIsNotOverfull() {
        try (ServiceUnderTest service = new ServiceUnderTest("lblc").add("A", 9).add("B", 9)) {
            service.destination("10.0.0.1");
            assertEquals("B B B", service.connect(true) + " " + service.connect(true) + " " + service.connect(true));
            assertEquals("A", service.destination("10.0.0.2").next());
        }
    }

    @Test
    void shouldMoveADestinationGivenItsServerIsOverfullAndAnotherHalfEmpty() {
        try (ServiceUnderTest service = new ServiceUnderTest("lblc").add("A", 3).add("B", 3)) {
            service.destination("10.0.0.1");
            assertEquals("B", service.connect(true));
            for (int i = 0; i < 3; i++) {
                service.live.connectionBound(service.id("B"), true);
            }
            assertEquals("A A", service.next(2));
            service.live.connectionBound(service.id("A"), true);
            service.live.connectionBound(service.id("A"), true);
            service.destination("10.0.0.3").connect(true);
            assertEquals("A", service.destination("10.0.0.1").next());
        }
    }

    @Test
    void shouldReturnToAServerGivenItIsRevivedButNotToAnotherWithItsId() {
        try (ServiceUnderTest service = new ServiceUnderTest("lblc").add("A", 1).add("B", 1)) {
            service.destination("10.0.0.1");
            assertEquals("B", service.next());
            final RealServer b = service.server("B");
            service.remove("B");
            service.revive("B", b);
            service.live.connectionBound(b.id(), true);
            assertEquals("B", service.next());
            service.remove("B");
            service.live.release(b.id());
            service.add("C", 1);
            assertEquals(b.id(), service.id("C"));
            service.live.connectionBound(service.id("C"), true);
            assertEquals("A", service.next());
        }
    }

    @Test
    void shouldForgetADestinationUnusedForADay() {
        try (ServiceUnderTest service = new ServiceUnderTest("lblc").add("A", 1).add("B", 1)) {
            service.destination("10.0.0.1").next();
            service.destination("10.0.0.2").next();
            service.request.nowTicks = TICKS_PER_DAY - TICKS_PER_MINUTE;
            service.destination("10.0.0.2").next();
            final var cache = ((LocalityBasedLeastConnection) service.scheduler()).cache();
            for (int minute = 0; minute < 29; minute++) {
                service.scheduler().maintain(TICKS_PER_DAY);
            }
            assertEquals(2, cache.size());
            service.scheduler().maintain(TICKS_PER_DAY);
            assertEquals(1, cache.size());
        }
    }

    @Test
    void shouldHoldNoMoreThanLinuxAndShrinkByTheUnused() {
        try (ServiceUnderTest service = new ServiceUnderTest("lblc").add("A", 1).add("B", 1)) {
            for (int i = 0; i < 30_000; i++) {
                service.request.virtualWord0 = i;
                service.next();
            }
            final var cache = ((LocalityBasedLeastConnection) service.scheduler()).cache();
            assertEquals(24_576, cache.size());
            service.scheduler().maintain(5 * TICKS_PER_MINUTE);
            assertEquals(24_576, cache.size());
            service.scheduler().maintain(6 * TICKS_PER_MINUTE);
            // half of 16384, and the rest of the chain where that was reached
            final int dropped = 24_576 - cache.size();
            assertTrue(dropped >= 8_192 && dropped < 8_192 + 100, dropped + " dropped");
        }
    }

    @Test
    void shouldGrowASetGivenItsMembersAreOverfullAndShrinkItAfterADay() {
        try (ServiceUnderTest service = new ServiceUnderTest("lblcr").add("A", 3).add("B", 3)) {
            service.destination("10.0.0.1");
            assertEquals("B", service.connect(true));
            for (int i = 0; i < 3; i++) {
                service.live.connectionBound(service.id("B"), true);
            }
            assertEquals("A", service.connect(true));
            assertEquals(2, set(service).size());
            service.request.nowTicks = TICKS_PER_DAY + 1;
            assertEquals("A", service.next());
            assertEquals(1, set(service).size());
            for (int i = 0; i < 3; i++) {
                service.live.connectionBound(service.id("A"), true);
            }
            // neither server has less than half of its weight: the only member stays in use
            assertEquals("A", service.next());
        }
    }

    @Test
    void shouldKeepCacheGivenServersChange() {
        try (ServiceUnderTest service = new ServiceUnderTest("lblcr").add("A", 1).add("B", 1)) {
            service.destination("10.0.0.1");
            assertEquals("B", service.connect(true));
            service.add("C", 1).weight("A", 2);
            assertEquals("B", service.next());
        }
    }

    @Test
    void shouldRememberEachAddressOnceGivenSeveralWorkersMeetIt() throws Exception {
        try (ServiceUnderTest service = new ServiceUnderTest("lblc").add("A", 1).add("B", 1)) {
            final List<Thread> threads = new ArrayList<>();
            for (int worker = 0; worker < 4; worker++) {
                final Thread thread = new Thread(() -> {
                    final SchedulingRequest request = new SchedulingRequest();
                    request.family = service.request.family;
                    for (int i = 0; i < 5_000; i++) {
                        request.virtualWord0 = i;
                        service.scheduler().select(request);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            assertEquals(5_000, ((LocalityBasedLeastConnection) service.scheduler()).cache().size());
        }
    }

    private static ServerSet set(final ServiceUnderTest service) {
        return ((LocalityBasedReplication) service.scheduler()).cache().find(service.request).value();
    }
}
