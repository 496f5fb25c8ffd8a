package io.ringvs.control;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;

/**
 * What destinations have beside their settings: an id, a row of counters, live state, what they answer from. A removed
 * destination keeps all that as long as connections may refer to it.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_ctl.c}.
 */
final class DestinationStore {
    private static final int CONNECTION_NO_OUTPUT = 0x80;
    private static final int CONNECTION_INACTIVE = 0x100;

    private final RuleContext context;
    private final ReplySources replySources;
    private final DestinationTrash trash;

    DestinationStore(final RuleContext context, final ReplySources replySources) {
        this.context = context;
        this.replySources = replySources;
        this.trash = new DestinationTrash(context.destinations());
    }

    /** A new destination of a service, or the one that was removed, with what it was. */
    ConfiguredDestination add(final ConfiguredService service, final DestinationConfig config) throws RuleException {
        final ConfiguredDestination removed = trash.take(service.key(), config);
        final ConfiguredDestination destination = removed == null ? allocate(service, config) : removed;
        if (removed != null) {
            replySources.remove(removed.service().key(), removed.config());
        }
        replySources.add(service.key(), config);
        destination.attach(service);
        destination.edit(config);
        configure(destination);
        context.destinations().setAvailable(destination.id(), true);
        return destination;
    }

    void edit(final ConfiguredDestination destination, final DestinationConfig config) {
        replySources.remove(destination.service().key(), destination.config());
        replySources.add(destination.service().key(), config);
        final int lastWeight = config.weight() != 0 ? config.weight() : destination.config().lastWeight();
        destination.edit(new DestinationConfig(
            config.address(), config.port(), config.method(), config.tunnel(), config.weight(), lastWeight,
            config.upperThreshold(), config.lowerThreshold()));
        configure(destination);
    }

    /** Puts a destination in the trash. */
    void remove(final ConfiguredDestination destination) {
        context.destinations().setAvailable(destination.id(), false);
        trash.put(destination);
    }

    /** A destination of rules on which changes are tried only. */
    ConfiguredDestination copy(final ConfiguredService service, final DestinationConfig config) {
        return new ConfiguredDestination(
            context.destinations().allocate(), context.statistics().allocate(), config, service);
    }

    /** Frees what removed destinations held that connections have forgotten. */
    void scanTrash(final long nowMs) {
        for (final ConfiguredDestination destination : trash.scan(nowMs)) {
            replySources.remove(destination.service().key(), destination.config());
            context.destinations().release(destination.id());
            context.statistics().release(destination.statisticsRow());
        }
    }

    int trashSize() {
        return trash.size();
    }

    private ConfiguredDestination allocate(final ConfiguredService service, final DestinationConfig config)
        throws RuleException {
        try {
            final int row = context.statistics().allocate();
            try {
                return new ConfiguredDestination(context.destinations().allocate(), row, config, service);
            } catch (final IllegalStateException full) {
                context.statistics().release(row);
                throw full;
            }
        } catch (final IllegalStateException full) {
            throw new RuleException(RuleError.NO_MEMORY);
        }
    }

    private void configure(final ConfiguredDestination destination) {
        final ForwardingMethod method = destination.config().method();
        context.destinations().configure(destination.id(), destination.config(),
            method.value() | CONNECTION_INACTIVE | (method.isTranslating() ? 0 : CONNECTION_NO_OUTPUT));
    }
}
