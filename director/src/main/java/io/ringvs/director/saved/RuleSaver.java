package io.ringvs.director.saved;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the rules on a thread of its own, always the newest: changes that come while it writes are saved together.
 *
 * <p>After a save it rests four times as long as that took, and at least {@value #REST_MS} ms, so that it never has
 * more than a fifth of a core. What cannot be saved is said once in the log, shown by {@link #status}, and tried again
 * every {@value #RETRY_MS} ms.
 *
 * <p><b>Threading:</b> {@link #changed} and {@link #status} by any thread; neither waits for the disk.
 */
public final class RuleSaver implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(RuleSaver.class);
    private static final long REST_MS = 50;
    private static final long RETRY_MS = 1000;
    private static final int REST_FACTOR = 4;

    private final RulesFile file;
    private final Thread thread = new Thread(this::run, "ringvs-saver");
    // guarded by this
    private RulesText newest;
    private RulesText saved;
    private String problem;
    private boolean closing;

    /** @param file stays its owner's to close */
    public RuleSaver(final RulesFile file) {
        this.file = file;
    }

    /** Begins to save what it is told. */
    public void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** The rules are now these. */
    public synchronized void changed(final RulesText rules) {
        if (!rules.isSameAs(newest)) {
            newest = rules;
            notifyAll();
        }
    }

    /** One sentence: whether the newest rules are on disk, and why not. */
    public synchronized String status() {
        if (problem != null) {
            return "rules are NOT saved: " + problem;
        }
        return saved == newest ? "rules are saved in " + file.path() : "rules are being saved in " + file.path();
    }

    private void run() {
        try {
            RulesText next = await();
            while (next != null) {
                final long begunNs = System.nanoTime();
                final boolean done = save(next);
                final long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNs);
                rest(done ? Math.max(REST_MS, REST_FACTOR * tookMs) : RETRY_MS);
                next = await();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next rules to save, or null at the end. */
    private synchronized RulesText await() throws InterruptedException {
        while (saved == newest && !closing) {
            wait();
        }
        return saved == newest || closing && problem != null ? null : newest;
    }

    private synchronized void rest(final long restMs) throws InterruptedException {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(restMs);
        for (long leftMs = restMs; leftMs > 0 && !closing;
            leftMs = TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime())) {
            wait(leftMs);
        }
    }

    private boolean save(final RulesText rules) {
        try {
            file.write(rules::writeTo);
        } catch (final IOException | RuntimeException e) {
            failed(sentence(e));
            return false;
        }
        synchronized (this) {
            saved = rules;
            if (problem != null) {
                problem = null;
                LOGGER.info("The rules are saved again in {}", file.path());
            }
        }
        return true;
    }

    private synchronized void failed(final String sentence) {
        if (!sentence.equals(problem)) {
            problem = sentence;
            LOGGER.error("The rules could not be saved: {}", sentence);
        }
    }

    private String sentence(final Exception fault) {
        final String reason = fault instanceof FileSystemException filed && filed.getReason() != null
            ? filed.getReason() : fault instanceof IOException ? fault.getMessage() : fault.toString();
        return reason + " (" + file.path() + "); the running rules are not affected, and saving is tried again every "
            + "second";
    }

    /** Saves what is not saved yet, once more if it failed before, and ends. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            problem = null;
            notifyAll();
        }
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
