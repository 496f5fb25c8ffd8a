package io.ringvs.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.ringvs.service.IpAddress;

/**
 * The addresses of all destinations, each once, and which of them came or went: so that a change of one rule is no reason
 * to look at all.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class DestinationAddresses {
    private final Map<IpAddress, Integer> destinations = new HashMap<>();
    private final Set<IpAddress> changed = new HashSet<>();

    /** Addresses in use now and not before, and the other way round. */
    public record Changes(List<IpAddress> added, List<IpAddress> removed) {
    }

    /** Addresses that came or went since this was asked last; one that did both counts as it is now. */
    public Changes takeChanges() {
        final Changes changes = new Changes(new ArrayList<>(), new ArrayList<>());
        changed.forEach(each -> (destinations.containsKey(each) ? changes.added : changes.removed).add(each));
        changed.clear();
        return changes;
    }

    void add(final IpAddress address) {
        if (destinations.merge(address, 1, Integer::sum) == 1) {
            changed.add(address);
        }
    }

    /** Returns whether no destination has it any more. */
    boolean remove(final IpAddress address) {
        final boolean gone =
            destinations.merge(address, -1, (count, less) -> count == 1 ? null : count + less) == null;
        if (gone) {
            changed.add(address);
        }
        return gone;
    }
}
