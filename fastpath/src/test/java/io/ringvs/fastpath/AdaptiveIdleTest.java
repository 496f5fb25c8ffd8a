package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.ringvs.linux.LinuxCalls;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.ring.PollSet;

import org.agrona.UnsafeApi;

class AdaptiveIdleTest {
    private final TestDirector director = new TestDirector();
    /** A datagram socket stands in for the AF_XDP socket: poll(2) sees it the same way. */
    private final int socket = LinuxCalls.socket(LinuxCalls.AF_UNIX, LinuxCalls.SOCK_DGRAM, 0);
    private final PollSet sockets = new PollSet(socket);
    private final AdaptiveIdle idle = new AdaptiveIdle(director.worker, sockets);

    @AfterEach
    void close() {
        sockets.close();
        LinuxCalls.close(socket);
        director.close();
    }

    private void spinOut() {
        for (int i = 0; i < AdaptiveIdle.SPINS; i++) {
            idle.idle(0);
        }
    }

    private long nanosOf(final Runnable action) {
        final long start = System.nanoTime();
        action.run();
        return System.nanoTime() - start;
    }

    @Test
    void shouldSleepOnlyAfterIdleCycles() {
        spinOut();
        idle.idle(1);
        final long spinning = nanosOf(this::spinOut);
        final long sleeping = nanosOf(() -> idle.idle(0));

        assertTrue(spinning < TimeUnit.MILLISECONDS.toNanos(AdaptiveIdle.MAX_SLEEP_MS), "slept while spinning");
        assertTrue(sleeping >= TimeUnit.MILLISECONDS.toNanos(AdaptiveIdle.MAX_SLEEP_MS), "slept " + sleeping + " ns");
    }

    @Test
    @Timeout(10)
    void shouldNotDelayGracePeriodWhileAsleep() throws InterruptedException {
        final long epoch = director.epochs.advance();
        assertFalse(director.epochs.passed(epoch));
        final Thread worker = new Thread(() -> {
            spinOut();
            idle.idle(0);
        });
        worker.start();
        while (!director.epochs.passed(epoch)) {
            Thread.onSpinWait();
        }
        worker.join();
        final long next = director.epochs.advance();
        assertFalse(director.epochs.passed(next), "awake again, it counts again");
    }

    @Test
    @Timeout(10)
    void shouldHaveLocalOutputLookedAtGivenItWokeTheWorker() {
        final byte[] frame = FrameBuilder.tcp(TcpHeader.ACK).build();
        assertNull(director.hostSends(frame), "there are no rules");
        // a stream socket that is not connected is always ready
        final int ready = LinuxCalls.socket(LinuxCalls.AF_UNIX, LinuxCalls.SOCK_STREAM, 0);
        // of two ports, and one output behind them
        for (final int[] fds : new int[][] {{ready, socket}, {socket, socket, ready}}) {
            try (PollSet set = new PollSet(fds)) {
                final AdaptiveIdle waiting = new AdaptiveIdle(director.worker, set);
                for (int i = 0; i <= AdaptiveIdle.SPINS; i++) {
                    waiting.idle(0);
                }
                director.worker.doWork();
                assertArrayEquals(fds.length == 2 ? null : frame, director.clients().collect());
            }
        }
        LinuxCalls.close(ready);
    }

    @Test
    @Timeout(10)
    void shouldSleepAgainGivenDeviceOfLocalOutputIsGone() {
        final int notOpen = 1 << 20;
        try (PollSet set = new PollSet(socket, socket, notOpen)) {
            assertEquals(1, set.await(0));
            final AdaptiveIdle waiting = new AdaptiveIdle(director.worker, set);
            for (int i = 0; i <= AdaptiveIdle.SPINS; i++) {
                waiting.idle(0);
            }

            assertEquals(0, set.await(0));
        }
    }

    @Test
    @Timeout(10)
    void shouldWakeUpGivenPacket() throws InterruptedException {
        // abstract name: a zero byte first
        final long name = UnsafeApi.allocateMemory(16);
        UnsafeApi.setMemory(name, 16, (byte)0);
        UnsafeApi.putShort(name, (short)LinuxCalls.AF_UNIX);
        UnsafeApi.putLong(name + 3, System.nanoTime());
        LinuxCalls.bind(socket, name, 11);
        final int sender = LinuxCalls.socket(LinuxCalls.AF_UNIX, LinuxCalls.SOCK_DGRAM, 0);
        assertEquals(8, LinuxCalls.sendto(sender, name, 8, 0, name, 11));

        spinOut();
        final long slept = nanosOf(() -> idle.idle(0));

        assertTrue(slept < TimeUnit.MILLISECONDS.toNanos(AdaptiveIdle.MAX_SLEEP_MS), "slept " + slept + " ns");
        LinuxCalls.close(sender);
        UnsafeApi.freeMemory(name);
    }
}
