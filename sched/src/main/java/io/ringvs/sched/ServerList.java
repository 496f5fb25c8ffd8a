package io.ringvs.sched;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.RealServer;

/**
 * The real servers of a service in list order, as arrays that a choice can run over. A server is named by its position
 * in the list; the newest is at 0.
 *
 * <p><b>Threading:</b> immutable; overload flags are read live.
 */
final class ServerList {
    /** The position before the first server: the list's head. */
    static final int HEAD = -1;

    private final int[] ids;
    private final int[] weights;
    private final boolean thresholds;
    private final DestinationTable live;

    ServerList(final RealServer[] servers, final DestinationTable live) {
        this.live = live;
        ids = new int[servers.length];
        weights = new int[servers.length];
        boolean anyThreshold = false;
        for (int position = 0; position < servers.length; position++) {
            ids[position] = servers[position].id();
            weights[position] = servers[position].config().weight();
            anyThreshold |= servers[position].config().upperThreshold() != 0;
        }
        thresholds = anyThreshold;
    }

    int size() {
        return ids.length;
    }

    int id(final int position) {
        return ids[position];
    }

    int weight(final int position) {
        return weights[position];
    }

    /** Whether a server can become overloaded at all; without an upper threshold it cannot. */
    boolean hasThresholds() {
        return thresholds;
    }

    boolean isOverloaded(final int position) {
        return thresholds && live.isOverloaded(ids[position]);
    }

    /** Whether the server takes new connections: neither quiesced nor overloaded. */
    boolean isUsable(final int position) {
        return weights[position] > 0 && !isOverloaded(position);
    }

    /** The position of a destination, or {@link #HEAD} if the list has it not. */
    int positionOf(final int id) {
        for (int position = 0; position < ids.length; position++) {
            if (ids[position] == id) {
                return position;
            }
        }
        return HEAD;
    }
}
