package io.ringvs.control;

import java.util.function.Predicate;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.LocalAddressTable;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;

/**
 * A copy of the rules to try changes on, so that a batch is made as a whole or not at all.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class Rehearsal implements AutoCloseable {
    private static final SyncProtocol ACCEPTS_ALL = new SyncProtocol() {
        @Override
        public void start(final SyncDaemon daemon) {
        }

        @Override
        public void stop(final SyncDaemon daemon) {
        }
    };

    private final DestinationTable destinations;
    private final Statistics statistics = new Statistics(0, Integer.MAX_VALUE);
    private final RuleSet rules;

    Rehearsal(final RuleSet original, final RuleContext context, final Predicate<ServiceKey> copied) {
        destinations = new DestinationTable(context.destinations().capacity());
        rules = new RuleSet(new RuleContext(
            destinations, new LocalAddressTable(1), statistics, context.host(), context.schedulers(),
            context.engines(), ACCEPTS_ALL, context.maxServices(), context.ftpPorts()), RuleListener.NONE);
        original.copyTo(rules, copied);
    }

    public RuleSet rules() {
        return rules;
    }

    @Override
    public void close() {
        destinations.close();
        statistics.close();
    }
}
