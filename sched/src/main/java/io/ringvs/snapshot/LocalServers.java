package io.ringvs.snapshot;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the destinations that are this host itself, from snapshot to snapshot.
 *
 * <p><b>Threading:</b> control thread.
 */
final class LocalServers {
    private final Map<Integer, Destination> byId = new HashMap<>();
    private List<Destination> newest = List.of();
    private boolean changed;

    void add(final Destination destination) {
        if (destination.adjacency.state == Adjacency.State.LOCAL) {
            byId.put(destination.id, destination);
            changed = true;
        }
    }

    void remove(final Destination destination) {
        changed |= byId.remove(destination.id) != null;
    }

    /** They as they are now; the same object as before if they did not change. */
    List<Destination> destinations() {
        if (changed) {
            newest = List.copyOf(byId.values());
            changed = false;
        }
        return newest;
    }
}
