package io.ringvs.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

import io.ringvs.service.IpAddress;
import io.ringvs.service.RealServer;

/**
 * The addresses of all destinations, whose they are, and which of them came or went: so that a change of one rule, or
 * of the way to one address, is no reason to look at all.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class DestinationAddresses {
    private static final int NONE = -1;

    /** The newest destination of each address; from there, {@link #older} leads to the others. */
    private final Map<IpAddress, Integer> newest = new HashMap<>();
    /** By destination id: the destinations of the same address that came before and after. */
    private int[] older = {};
    private int[] newer = {};
    private final Set<IpAddress> changed = new HashSet<>();

    /** Addresses in use now and not before, and the other way round. */
    public record Changes(List<IpAddress> added, List<IpAddress> removed) {
    }

    /** Addresses that came or went since this was asked last; one that did both counts as it is now. */
    public Changes takeChanges() {
        final Changes changes = new Changes(new ArrayList<>(), new ArrayList<>());
        changed.forEach(each -> (newest.containsKey(each) ? changes.added : changes.removed).add(each));
        changed.clear();
        return changes;
    }

    /** Each address that a destination has. */
    public Collection<IpAddress> all() {
        return Collections.unmodifiableSet(newest.keySet());
    }

    /** Calls {@code action} with the id of each destination of that address. */
    void forEachDestination(final IpAddress address, final IntConsumer action) {
        for (int id = newest.getOrDefault(address, NONE); id != NONE; id = older[id]) {
            action.accept(id);
        }
    }

    void add(final RealServer server) {
        final IpAddress address = server.config().address();
        makeRoom(server.id());
        final Integer next = newest.put(address, server.id());
        newer[server.id()] = NONE;
        older[server.id()] = next == null ? NONE : next;
        if (next == null) {
            changed.add(address);
        } else {
            newer[next] = server.id();
        }
    }

    /** Returns whether no destination has the address any more. */
    boolean remove(final RealServer server) {
        final IpAddress address = server.config().address();
        final int before = older[server.id()];
        final int after = newer[server.id()];
        if (before != NONE) {
            newer[before] = after;
        }
        if (after != NONE) {
            older[after] = before;
            return false;
        }
        if (before != NONE) {
            newest.put(address, before);
            return false;
        }
        newest.remove(address);
        changed.add(address);
        return true;
    }

    private void makeRoom(final int id) {
        if (id >= older.length) {
            final int length = Math.max(id + 1, 2 * older.length);
            older = Arrays.copyOf(older, length);
            newer = Arrays.copyOf(newer, length);
        }
    }
}
