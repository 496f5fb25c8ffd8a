package io.ringvs.control;

import static io.ringvs.control.RuleChecks.require;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The running synchronisation daemons: at most one of each role.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Errors:</b> {@link RuleException} with the error number that Linux answers.
 */
final class SyncDaemons {
    private final RuleContext context;
    private final Map<SyncDaemon.Role, SyncDaemon> running = new EnumMap<>(SyncDaemon.Role.class);

    SyncDaemons(final RuleContext context) {
        this.context = context;
    }

    /** They, the master first. */
    Collection<SyncDaemon> all() {
        return Collections.unmodifiableCollection(running.values());
    }

    /** @param services all there are: what they tell each other knows no destination of another family */
    void start(final SyncDaemon asked, final List<ConfiguredService> services) throws RuleException {
        require(asked.group() == null || asked.group().isMulticast(), RuleError.INVALID);
        for (final ConfiguredService service : services) {
            for (final ConfiguredDestination destination : service.destinations()) {
                require(destination.config().address().family() == service.key().family(), RuleError.INVALID);
            }
        }
        final int mtu = context.host().interfaceMtu(asked.interfaceName());
        require(mtu != 0, RuleError.NO_DEVICE);
        require(asked.role() != null, RuleError.INVALID);
        require(!running.containsKey(asked.role()), RuleError.EXISTS);
        final SyncDaemon daemon = asked.effective(mtu);
        context.sync().start(daemon);
        running.put(daemon.role(), daemon);
    }

    /** @param role null is refused as invalid */
    void stop(final SyncDaemon.Role role) throws RuleException {
        require(role != null, RuleError.INVALID);
        require(running.containsKey(role), RuleError.NO_SERVICE);
        context.sync().stop(running.remove(role));
    }

    /** Has the same daemons as another one, without starting them. */
    void copyOf(final SyncDaemons original) {
        running.putAll(original.running);
    }
}
