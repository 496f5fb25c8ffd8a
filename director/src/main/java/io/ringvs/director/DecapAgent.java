package io.ringvs.director;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.agrona.concurrent.Agent;

/**
 * Keeps a {@link Decapsulation} in step with the host, and prints its counters now and then and at the end.
 *
 * <p><b>Threading:</b> one thread of its own.
 */
final class DecapAgent implements Agent {
    private final Decapsulation decapsulation;
    private final PrintStream out;
    private final long periodNs;
    private long nextReportNs;

    /** @param reportSeconds between two reports, 0 for one at the end only */
    DecapAgent(final Decapsulation decapsulation, final PrintStream out, final int reportSeconds) {
        this.decapsulation = decapsulation;
        this.out = out;
        this.periodNs = TimeUnit.SECONDS.toNanos(reportSeconds);
        this.nextReportNs = System.nanoTime() + periodNs;
    }

    @Override
    public int doWork() {
        final long nowNs = System.nanoTime();
        decapsulation.follow(nowNs);
        if (periodNs != 0 && nowNs - nextReportNs >= 0) {
            nextReportNs += periodNs;
            report();
        }
        return 0;
    }

    /** What is not zero, with what it means. */
    private void report() {
        final StringBuilder text = new StringBuilder();
        decapsulation.counters().forEach((verdict, count) -> {
            if (count != 0) {
                text.append(String.format(Locale.ROOT, "%-16s %12d  %s%n",
                    verdict, count, verdict.meaning()));
            }
        });
        out.println(text.isEmpty() ? "no packet yet\n" : text);
    }

    @Override
    public void onClose() {
        report();
    }

    @Override
    public String roleName() {
        return "decap";
    }
}
