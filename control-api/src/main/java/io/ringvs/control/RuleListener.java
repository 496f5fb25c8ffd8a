package io.ringvs.control;

import io.ringvs.conntab.ProtocolTimeouts;
import io.ringvs.service.RealServer;

/** Hears of every rule change, one by one and in order, after it was made. */
public interface RuleListener {
    /** Hears nothing. */
    RuleListener NONE = new RuleListener() { };

    /** A service was added; it has no real servers yet. */
    default void serviceAdded(final ConfiguredService service) {
    }

    default void serviceEdited(final ConfiguredService service) {
    }

    default void serviceRemoved(final ConfiguredService service) {
    }

    default void destinationAdded(final ConfiguredService service, final RealServer server) {
    }

    default void destinationUpdated(final ConfiguredService service, final RealServer server) {
    }

    default void destinationRemoved(final ConfiguredService service, final RealServer server) {
    }

    /** Local addresses of a service came or went. */
    default void localAddressesChanged(final ConfiguredService service) {
    }

    /** The connection timeouts changed. */
    default void timeoutsChanged(final ProtocolTimeouts timeouts) {
    }
}
