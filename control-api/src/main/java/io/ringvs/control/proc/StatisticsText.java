package io.ringvs.control.proc;

import io.ringvs.control.Counters;
import io.ringvs.control.RuleSet;
import io.ringvs.service.Statistics;

/** /proc/net/ip_vs_stats and ip_vs_stats_percpu: counters and rates of all traffic, in hexadecimal digits. */
final class StatisticsText {
    private static final int[] RAW = {
        Statistics.CONNECTIONS, Statistics.IN_PACKETS, Statistics.OUT_PACKETS,
        Statistics.IN_BYTES, Statistics.OUT_BYTES};

    private StatisticsText() {
    }

    static String totals(final RuleSet rules) {
        final StringBuilder out = new StringBuilder();
        out.append("   Total Incoming Outgoing         Incoming         Outgoing\n")
            .append("   Conns  Packets  Packets            Bytes            Bytes\n");
        values(out, rules.totals());
        out.append("\n Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n");
        rates(out, rules.totals());
        return out.toString();
    }

    /**
     * A worker stands where the kernel has a processor; the last one is the control thread. Zeroing leaves its line.
     */
    static String perWorker(final RuleSet rules) {
        final StringBuilder out = new StringBuilder();
        out.append("       Total Incoming Outgoing         Incoming         Outgoing\n")
            .append("CPU    Conns  Packets  Packets            Bytes            Bytes\n");
        final Statistics statistics = rules.statistics();
        for (int worker = 0; worker < statistics.workers(); worker++) {
            Hexadecimal.padded(out, worker, 3, ' ').append(' ');
            final long[] values = new long[RAW.length];
            for (int which = 0; which < RAW.length; which++) {
                values[which] = statistics.value(worker, Statistics.TOTAL_ROW, RAW[which]);
            }
            line(out, values);
        }
        values(out.append("  ~ "), rules.totals());
        out.append("\n     Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n");
        rates(out.append("    "), rules.totals());
        return out.toString();
    }

    private static void values(final StringBuilder out, final Counters counters) {
        final long[] values = new long[RAW.length];
        for (int which = 0; which < RAW.length; which++) {
            values[which] = counters.value(which);
        }
        line(out, values);
    }

    private static void rates(final StringBuilder out, final Counters counters) {
        final long[] values = new long[RAW.length];
        for (int which = 0; which < RAW.length; which++) {
            values[which] = counters.rate(which);
        }
        line(out, values);
    }

    private static void line(final StringBuilder out, final long[] values) {
        for (int which = 0; which < values.length; which++) {
            Hexadecimal.padded(out, values[which], which < Counters.IN_BYTES ? 8 : 16, ' ')
                .append(which == values.length - 1 ? '\n' : ' ');
        }
    }
}
