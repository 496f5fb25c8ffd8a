package io.ringvs.control;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpAddress;
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
    /** Newest first in each deque: several services in turn may have had the same server. */
    private final Map<Identity, Deque<Entry>> entries = new HashMap<>();
    private int size;

    DestinationTrash(final DestinationTable table) {
        this.table = table;
    }

    void put(final ConfiguredDestination destination) {
        final Identity identity = Identity.of(destination.service().key(), destination.config());
        entries.computeIfAbsent(identity, each -> new ArrayDeque<>(1)).addFirst(new Entry(destination));
        size++;
    }

    /** Takes out the destination that {@code config} names for the service {@code key}, or returns null. */
    ConfiguredDestination take(final ServiceKey key, final DestinationConfig config) {
        final Identity identity = Identity.of(key, config);
        final Deque<Entry> same = entries.get(identity);
        if (same == null) {
            return null;
        }
        final ConfiguredDestination destination = same.removeFirst().destination;
        size--;
        if (same.isEmpty()) {
            entries.remove(identity);
        }
        return destination;
    }

    /** Takes out the destinations that have rested long enough; of the others notes which are idle now. */
    List<ConfiguredDestination> scan(final long nowMs) {
        final List<ConfiguredDestination> expired = new ArrayList<>();
        for (final Iterator<Deque<Entry>> each = entries.values().iterator(); each.hasNext();) {
            final Deque<Entry> same = each.next();
            same.removeIf(entry -> {
                final boolean rested = hasRested(entry, nowMs);
                if (rested) {
                    expired.add(entry.destination);
                }
                return rested;
            });
            if (same.isEmpty()) {
                each.remove();
            }
        }
        size -= expired.size();
        return expired;
    }

    int size() {
        return size;
    }

    private boolean hasRested(final Entry entry, final long nowMs) {
        if (!table.isIdle(entry.destination.id())) {
            return false;
        }
        if (!entry.idle) {
            entry.idle = true;
            entry.idleSinceMs = nowMs;
            return false;
        }
        return nowMs - entry.idleSinceMs >= REST_MS;
    }

    /** What makes a server added again the same one; marks of both families count as one. */
    private record Identity(
        IpAddress address, int port, int fwmark, int protocol, IpAddress virtual, int virtualPort) {
        private static Identity of(final ServiceKey key, final DestinationConfig config) {
            return new Identity(
                config.address(), config.port(), key.fwmark(), key.protocol(),
                key.isFwmark() ? null : key.address(), key.port());
        }
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
