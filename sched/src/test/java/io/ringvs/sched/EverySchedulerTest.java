package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every scheduler by name. */
class EverySchedulerTest {
    static Stream<String> schedulers() {
        return Schedulers.names().stream().filter(name -> !name.equals(Schedulers.NONE));
    }

    @Test
    void shouldKnowLinuxSchedulersAndNone() {
        assertEquals("[rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos, none]",
            Schedulers.names().toString());
        assertTrue(Schedulers.exists("wlc"));
        assertFalse(Schedulers.exists("wlx"));
    }

    @Test
    void shouldSayWhichSchedulersThereAreGivenAnUnknownName() {
        final String message = assertThrows(
            IllegalArgumentException.class, () -> new ServiceUnderTest("wlx")).getMessage();
        assertTrue(message.startsWith("there is no scheduler 'wlx'; use one of [rr, "), message);
    }

    @Test
    void shouldScheduleNothingGivenNone() {
        try (ServiceUnderTest service = new ServiceUnderTest("none").add("A", 1)) {
            assertEquals("-", service.next());
        }
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void shouldChooseNothingGivenNoServers(final String scheduler) {
        try (ServiceUnderTest service = new ServiceUnderTest(scheduler)) {
            assertEquals("- -", service.next(2));
            service.add("A", 1);
            assertEquals("A A", service.next(2));
            service.remove("A");
            assertEquals("- -", service.next(2));
        }
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void shouldChooseNothingGivenAllQuiescedAndRecover(final String scheduler) {
        try (ServiceUnderTest service = new ServiceUnderTest(scheduler).add("A", 0).add("B", 0)) {
            assertEquals("- -", service.next(2));
            service.weight("A", 3).weight("B", 3);
            assertTrue("AB".contains(service.next()));
        }
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void shouldChooseNothingGivenAllOverloadedAndRecover(final String scheduler) {
        try (ServiceUnderTest service = new ServiceUnderTest(scheduler).add("A", 1, 1, 0)) {
            assertEquals("A", service.connect(false));
            service.destination("203.0.113.9"); // one that lblc and lblcr do not know yet
            assertEquals("- -", service.next(2));
            service.live.connectionUnbound(service.id("A"), false);
            assertEquals("A", service.next());
        }
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void shouldNeverChooseAQuiescedOrRemovedServer(final String scheduler) {
        try (ServiceUnderTest service = new ServiceUnderTest(scheduler).add("A", 1).add("B", 2).add("C", 3)) {
            for (int client = 0; client < 100; client++) {
                service.client("10.1.1." + client, client).destination("10.2.2." + client).connect(true);
            }
            service.weight("B", 0).remove("C");
            for (int client = 0; client < 100; client++) {
                final String choice = service.client("10.1.1." + client, client).destination("10.2.2." + client).next();
                assertTrue("A-".contains(choice), scheduler + " chose " + choice);
            }
        }
    }
}
