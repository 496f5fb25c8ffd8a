package io.ringvs.control.proc;

import java.util.List;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.ControlSession;
import io.ringvs.control.RuleSet;
import io.ringvs.control.TextSession;

/**
 * {@code ringvs proc NAME}: what /proc/net/NAME shows where the kernel runs IPVS.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class ProcSession {
    private static final int USAGE_STATUS = 2;

    private ProcSession() {
    }

    /**
     * Begins the command.
     *
     * @param tableSize slots of the connection table
     * @param words     the name
     */
    public static ControlSession begin(
        final RuleSet rules, final ConnectionSource connections, final int tableSize, final List<String> words) {
        return switch (words.size() == 1 ? words.get(0) : "") {
            case "ip_vs" -> TextSession.show(ServiceTable.text(rules, tableSize));
            case "ip_vs_conn" -> new ConnectionTableSession(connections, ConnectionTableSession.Format.WITH_ENGINE);
            case "ip_vs_conn_sync" ->
                new ConnectionTableSession(connections, ConnectionTableSession.Format.WITH_ORIGIN);
            case "ip_vs_stats" -> TextSession.show(StatisticsText.totals(rules));
            case "ip_vs_stats_percpu" -> TextSession.show(StatisticsText.perWorker(rules));
            default -> TextSession.fail(USAGE_STATUS,
                "ringvs proc takes one of ip_vs, ip_vs_conn, ip_vs_conn_sync, ip_vs_stats, ip_vs_stats_percpu");
        };
    }
}
