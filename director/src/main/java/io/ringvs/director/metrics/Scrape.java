package io.ringvs.director.metrics;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.Counters;
import io.ringvs.control.DirectorStatus;
import io.ringvs.control.RuleSet;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpAddress;
import io.ringvs.service.ServiceKey;

/**
 * What one scrape reads on the control thread: numbers and references alone, so that the thread is free again at once.
 * Whatever takes longer, such as text, is made of it elsewhere.
 *
 * @param totals   counters of all traffic, by their index in {@link Counters}
 * @param backends the real servers of every service
 */
public record Scrape(DirectorStatus status, List<Long> totals, List<Backend> backends) {
    /** A real server of a service, with its connections at this moment. */
    record Backend(ServiceKey service, IpAddress address, int port, int weight, int active, int inactive) {
    }

    /** Reads; control thread. */
    public static Scrape of(final DirectorStatus status, final RuleSet rules) {
        final List<Long> totals = new ArrayList<>();
        for (int which = Counters.CONNECTIONS; which <= Counters.OUT_BYTES; which++) {
            totals.add(rules.totals().value(which));
        }
        final DestinationTable live = rules.destinations();
        final List<Backend> backends = new ArrayList<>();
        for (final ConfiguredService service : rules.services()) {
            for (final ConfiguredDestination destination : service.destinations()) {
                backends.add(new Backend(service.key(), destination.config().address(), destination.config().port(),
                    destination.config().weight(), live.activeConnections(destination.id()),
                    live.inactiveConnections(destination.id())));
            }
        }
        return new Scrape(status, totals, backends);
    }
}
