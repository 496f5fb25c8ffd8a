package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WeightedLeastConnectionTest {
    @Test
    void shouldBeginAtTheNewestGivenAllIdle() {
        try (ServiceUnderTest service = new ServiceUnderTest("wlc").add("A", 9).add("B", 1)) {
            assertEquals("B B", service.next(2));
        }
    }

    @Test
    void shouldFillServersInProportionToWeight() {
        try (ServiceUnderTest service = new ServiceUnderTest("wlc").add("A", 1).add("B", 2).add("C", 3)) {
            for (int i = 0; i < 600; i++) {
                service.connect(true);
            }
            assertEquals(100, service.live.activeConnections(service.id("A")));
            assertEquals(200, service.live.activeConnections(service.id("B")));
            assertEquals(300, service.live.activeConnections(service.id("C")));
        }
    }

    @Test
    void shouldCountAnActiveConnectionAs256InactiveOnes() {
        try (ServiceUnderTest service = new ServiceUnderTest("wlc").add("A", 1).add("B", 1)) {
            service.live.connectionBound(service.id("B"), true);
            for (int i = 0; i < 255; i++) {
                service.live.connectionBound(service.id("A"), false);
            }
            assertEquals("A", service.next());
            service.live.connectionBound(service.id("A"), false);
            assertEquals("B", service.next());
        }
    }

    @Test
    void shouldPassOverQuiescedAndOverloaded() {
        try (ServiceUnderTest service = new ServiceUnderTest("wlc").add("A", 1).add("B", 0).add("C", 9, 1, 0)) {
            assertEquals("C A A", service.connect(true) + " " + service.connect(true) + " " + service.connect(true));
        }
    }
}
