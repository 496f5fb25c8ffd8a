package io.ringvs.director.e2e;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for an event, and says what did not happen when it does not. */
final class Await {
    private static final long PAUSE_MS = 20;

    private Await() {
    }

    static void until(final int seconds, final String what, final BooleanSupplier event) {
        until(seconds, () -> what, event);
    }

    static void until(final int seconds, final Supplier<String> what, final BooleanSupplier event) {
        final long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        while (!event.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not happen within " + seconds + " s: " + what.get());
            }
            try {
                Thread.sleep(PAUSE_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
