package io.ringvs.control;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Questions that other threads ask the control thread, which alone may look at the rules.
 *
 * <p><b>Threading:</b> {@link #ask} by any thread but the control thread; {@link #run} by that one.
 */
public final class ControlTasks {
    /** Longer than any single command takes, shorter than a scraper waits, in milliseconds. */
    private static final long PATIENCE_MS = 8000;

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Runnable wakeup;
    private final long patienceMs;

    /** @param wakeup lets the control thread's wait end */
    public ControlTasks(final Runnable wakeup) {
        this(wakeup, PATIENCE_MS);
    }

    ControlTasks(final Runnable wakeup, final long patienceMs) {
        this.wakeup = wakeup;
        this.patienceMs = patienceMs;
    }

    /**
     * Has the control thread answer, and waits for it.
     *
     * @throws IllegalStateException when it does not within some seconds, or fails
     */
    public <T> T ask(final Supplier<T> question) {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        final Runnable task = () -> {
            try {
                answer.complete(question.get());
            } catch (final RuntimeException e) {
                answer.completeExceptionally(e);
            }
        };
        waiting.add(task);
        wakeup.run();
        try {
            return answer.get(patienceMs, TimeUnit.MILLISECONDS);
        } catch (final ExecutionException e) {
            throw new IllegalStateException("the control thread could not answer: " + e.getCause().getMessage(), e);
        } catch (final TimeoutException e) {
            throw new IllegalStateException("the control thread did not answer within " + patienceMs + " ms", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the control thread was to answer", e);
        } finally {
            waiting.remove(task);
        }
    }

    /** Answers what was asked so far. */
    public void run() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            task.run();
        }
    }
}
