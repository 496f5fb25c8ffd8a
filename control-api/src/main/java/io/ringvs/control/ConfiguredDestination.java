package io.ringvs.control;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.RealServer;

/**
 * One real server in the {@link RuleSet}, with its counters.
 *
 * <p><b>Threading:</b> control thread; changed by the RuleSet only.
 */
public final class ConfiguredDestination {
    private final int id;
    private final int statisticsRow;
    private final Counters counters = new Counters();
    private DestinationConfig config;
    private ConfiguredService service;

    ConfiguredDestination(
        final int id, final int statisticsRow, final DestinationConfig config, final ConfiguredService service) {
        this.id = id;
        this.statisticsRow = statisticsRow;
        this.config = config;
        this.service = service;
    }

    /** Its row in the {@link io.ringvs.service.DestinationTable}. */
    public int id() {
        return id;
    }

    public int statisticsRow() {
        return statisticsRow;
    }

    public DestinationConfig config() {
        return config;
    }

    public Counters counters() {
        return counters;
    }

    /** As a snapshot holds it. */
    public RealServer realServer() {
        return new RealServer(id, statisticsRow, config);
    }

    ConfiguredService service() {
        return service;
    }

    void edit(final DestinationConfig changed) {
        config = changed;
    }

    void attach(final ConfiguredService to) {
        if (service != to) {
            counters.zero();
            service = to;
        }
    }
}
