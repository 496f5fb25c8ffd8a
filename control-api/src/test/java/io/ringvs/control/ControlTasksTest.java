package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ControlTasksTest {
    private final Semaphore wakeups = new Semaphore(0);
    private final ControlTasks tasks = new ControlTasks(wakeups::release);

    @Test
    void shouldAnswerOnTheControlThread() throws Exception {
        final CompletableFuture<Thread> answer =
            CompletableFuture.supplyAsync(() -> tasks.ask(Thread::currentThread));
        wakeups.acquire();
        tasks.run();

        assertEquals(Thread.currentThread(), answer.get(10, TimeUnit.SECONDS));
    }

    @Test
    void shouldTellWhoAskedOfFailureAndGoOn() throws Exception {
        final CompletableFuture<Void> answer = CompletableFuture.runAsync(() -> {
            final IllegalStateException failure = assertThrows(IllegalStateException.class, () -> tasks.ask(() -> {
                throw new IllegalArgumentException("no");
            }));
            assertTrue(failure.getMessage().endsWith("could not answer: no"), failure.getMessage());
        });
        wakeups.acquire();
        tasks.run();

        answer.get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldForgetWhatNobodyWaitsForAnyMore() {
        final ControlTasks hasty = new ControlTasks(wakeups::release, 1);
        final IllegalStateException failure =
            assertThrows(IllegalStateException.class, () -> hasty.ask(() -> {
                throw new AssertionError("asked too late");
            }));
        hasty.run();

        assertTrue(failure.getMessage().contains("did not answer within"), failure.getMessage());
    }
}
