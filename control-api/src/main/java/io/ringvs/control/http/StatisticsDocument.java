package io.ringvs.control.http;

import java.util.Iterator;
import java.util.List;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.RuleSet;
import io.ringvs.service.DestinationTable;

/**
 * What was counted.
 *
 * @param totals   of all traffic
 * @param rates    of all traffic, a second
 * @param services each by itself
 */
record StatisticsDocument(CountersDocument totals, CountersDocument rates, List<ServiceStatistics> services) {
    /** All of it, each service as it is when its turn comes. */
    static Reply.Pieces all(final RuleSet rules) {
        final String head = Json.tree(new StatisticsDocument(CountersDocument.values(rules.totals()),
            CountersDocument.rates(rules.totals()), null)).toString();
        final Iterator<ConfiguredService> services = rules.services().iterator();
        return new ListPieces(head.substring(0, head.length() - 1) + ",\"services\":",
            () -> services.hasNext() ? ServiceStatistics.of(services.next(), rules.destinations()) : null, () -> { });
    }

    /**
     * Of a service.
     *
     * @param service its name in paths
     */
    record ServiceStatistics(
        String service, CountersDocument totals, CountersDocument rates, List<DestinationStatistics> destinations) {
        static ServiceStatistics of(final ConfiguredService service, final DestinationTable live) {
            return new ServiceStatistics(RuleNames.of(service.key()), CountersDocument.values(service.counters()),
                CountersDocument.rates(service.counters()),
                service.destinations().stream().map(each -> DestinationStatistics.of(each, live)).toList());
        }
    }

    /**
     * Of a real server of a service.
     *
     * @param destination           its name in paths
     * @param activeConnections     now
     * @param inactiveConnections   now
     * @param persistentConnections templates now
     */
    record DestinationStatistics(
        String destination, int activeConnections, int inactiveConnections, int persistentConnections,
        CountersDocument totals, CountersDocument rates) {
        static DestinationStatistics of(final ConfiguredDestination destination, final DestinationTable live) {
            return new DestinationStatistics(
                RuleNames.of(destination.config().address(), destination.config().port()),
                live.activeConnections(destination.id()), live.inactiveConnections(destination.id()),
                live.persistentConnections(destination.id()), CountersDocument.values(destination.counters()),
                CountersDocument.rates(destination.counters()));
        }
    }
}
