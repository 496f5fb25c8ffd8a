package io.ringvs.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PathMtuTest {
    private static final int ROUTE = 1500;

    private final PathMtu path = new PathMtu();

    @Test
    void shouldHoldFromTheNextPacketOn() {
        path.learn(1400, ROUTE, 0);
        assertEquals(PathMtu.UNLIMITED, path.used());

        assertEquals(1400, path.use());
        assertEquals(1400, path.used());
    }

    @Test
    void shouldHoldAtOnceGivenTheWayIsAnExceptionAlready() {
        path.learn(1400, ROUTE, 0);
        path.use();
        path.learn(1300, ROUTE, 0);

        assertEquals(1300, path.used());
    }

    @Test
    void shouldNeverGrow() {
        path.learn(1400, ROUTE, 0);
        path.learn(1450, ROUTE, 0);
        path.learn(9000, ROUTE, 0);

        assertEquals(1400, path.use());
    }

    @Test
    void shouldNotBelieveTheRouteToBeWider() {
        path.learn(ROUTE + 1, ROUTE, 0);

        assertEquals(PathMtu.UNLIMITED, path.use());
    }

    @Test
    void shouldNotBelieveSmallSizes() {
        path.learn(0, ROUTE, 0);
        assertEquals(552, path.use());

        final PathMtu narrow = new PathMtu();
        narrow.learn(68, 500, 0);
        assertEquals(500, narrow.use());
    }

    @Test
    void shouldBeForgottenTenMinutesAfterItWasToldLast() {
        final long start = Long.MAX_VALUE - 5;
        path.learn(1400, ROUTE, start);
        path.learn(1400, ROUTE, start + 10);
        path.expire(start + PathMtu.LIFETIME_NS);
        assertEquals(1400, path.use());

        path.expire(start + 10 + PathMtu.LIFETIME_NS);
        assertEquals(PathMtu.UNLIMITED, path.use());
    }
}
