package io.ringvs.control;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ServiceKey;

/**
 * Removed real servers that connections may still refer to. Adding the same one again takes it from here, with its
 * connection counts and statistics.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_ctl.c} (ip_vs_trash_get_dest, ip_vs_dest_trash_expire).
 */
final class DestinationTrash {
    /** Time that a destination rests here once nothing refers to it, in milliseconds. */
    static final long REST_MS = 120_000;

    private final DestinationTable table;
    private final List<Entry> entries = new ArrayList<>();

    DestinationTrash(final DestinationTable table) {
        this.table = table;
    }

    void put(final ConfiguredDestination destination) {
        entries.add(0, new Entry(destination));
    }

    /** Takes out the destination that {@code config} names for the service {@code key}, or returns null. */
    ConfiguredDestination take(final ServiceKey key, final DestinationConfig config) {
        for (final Iterator<Entry> each = entries.iterator(); each.hasNext();) {
            final ConfiguredDestination destination = each.next().destination;
            final ServiceKey former = destination.service().key();
            if (config.sameIdentity(destination.config()) && former.fwmark() == key.fwmark()
                && former.protocol() == key.protocol()
                && (key.isFwmark() || former.address().equals(key.address()) && former.port() == key.port())) {
                each.remove();
                return destination;
            }
        }
        return null;
    }

    /** Takes out the destinations that have rested long enough; of the others notes which are idle now. */
    List<ConfiguredDestination> scan(final long nowMs) {
        final List<ConfiguredDestination> expired = new ArrayList<>();
        for (final Iterator<Entry> each = entries.iterator(); each.hasNext();) {
            final Entry entry = each.next();
            if (!table.isIdle(entry.destination.id())) {
                continue;
            }
            if (!entry.idle) {
                entry.idle = true;
                entry.idleSinceMs = nowMs;
            } else if (nowMs - entry.idleSinceMs >= REST_MS) {
                expired.add(entry.destination);
                each.remove();
            }
        }
        return expired;
    }

    int size() {
        return entries.size();
    }

    private static final class Entry {
        private final ConfiguredDestination destination;
        private boolean idle;
        private long idleSinceMs;

        private Entry(final ConfiguredDestination destination) {
            this.destination = destination;
        }
    }
}
