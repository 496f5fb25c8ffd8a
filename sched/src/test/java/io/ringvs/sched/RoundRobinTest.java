package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringvs.service.RealServer;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    @Test
    void shouldServeNewestFirstInTurn() {
        try (ServiceUnderTest service = new ServiceUnderTest("rr").add("A", 1).add("B", 5).add("C", 2)) {
            assertEquals("C B A C B A C", service.next(7));
        }
    }

    @Test
    void shouldPassOverQuiescedServers() {
        try (ServiceUnderTest service = new ServiceUnderTest("rr").add("A", 1).add("B", 0).add("C", 1)) {
            assertEquals("C A C A", service.next(4));
        }
    }

    @Test
    void shouldChooseNothingGivenAllQuiescedAndGoOnWhereItStood() {
        try (ServiceUnderTest service = new ServiceUnderTest("rr").add("A", 1).add("B", 1).add("C", 1)) {
            assertEquals("C", service.next());
            service.weight("A", 0).weight("B", 0).weight("C", 0);
            assertEquals("- -", service.next(2));
            service.weight("A", 1).weight("B", 1).weight("C", 1);
            assertEquals("B A C", service.next(3));
        }
    }

    @Test
    void shouldMoveToPredecessorGivenCurrentServerIsRemoved() {
        try (ServiceUnderTest service = new ServiceUnderTest("rr").add("A", 1).add("B", 1).add("C", 1).add("D", 1)) {
            assertEquals("D C B", service.next(3));
            service.remove("B");
            assertEquals("A D C A", service.next(4));
        }
    }

    @Test
    void shouldBeginAtHeadGivenFirstServerWasCurrentAndIsRemoved() {
        try (ServiceUnderTest service = new ServiceUnderTest("rr").add("A", 1).add("B", 1).add("C", 1)) {
            assertEquals("C", service.next());
            service.remove("C").add("D", 1);
            assertEquals("D B A D", service.next(4));
        }
    }

    @Test
    void shouldFollowEachRemovalOfABatch() {
        try (ServiceUnderTest service = new ServiceUnderTest("rr").add("A", 1).add("B", 1).add("C", 1).add("D", 1)) {
            assertEquals("D C B", service.next(3));
            service.batch(() -> service.remove("B").remove("C").add("E", 1));
            assertEquals("A E D A", service.next(4));
        }
    }

    @Test
    void shouldTreatARevivedServerAsTheNewest() {
        try (ServiceUnderTest service = new ServiceUnderTest("rr").add("A", 1).add("B", 1).add("C", 1)) {
            assertEquals("C B", service.next(2));
            final RealServer b = service.server("B");
            service.batch(() -> service.remove("B").revive("B", b));
            assertEquals("A B C A", service.next(4));
        }
    }

    @Test
    void shouldPassOverOverloadedServersUntilTheyRecover() {
        try (ServiceUnderTest service = new ServiceUnderTest("rr").add("A", 1).add("B", 1, 1, 0).add("C", 1)) {
            service.live.connectionBound(service.id("B"), true);
            assertEquals("C A C", service.next(3));
            service.live.connectionUnbound(service.id("B"), true);
            assertEquals("B A C", service.next(3));
        }
    }

    @Test
    void shouldStartAfreshGivenAnotherSchedulerWasInBetween() {
        try (ServiceUnderTest service = new ServiceUnderTest("rr").add("A", 1).add("B", 1).add("C", 1)) {
            assertEquals("C", service.next());
            service.batch(() -> service.editService("wlc", 0).editService("rr", 0));
            assertEquals("C B A", service.next(3));
        }
    }
}
