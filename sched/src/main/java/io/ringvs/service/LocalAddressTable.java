package io.ringvs.service;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The director's local addresses, by id and by address. Services that name the same address share it, so that no port
 * is used twice; one that no service names any more stays until its last connection has ended.
 *
 * <p><b>Threading:</b> {@link #acquire}, {@link #release}, {@link #sweep} and {@link #addresses} belong to the control
 * thread; a worker may ask for every local end that it got from a connection.
 */
public final class LocalAddressTable {
    /** Local addresses at most. */
    public static final int CAPACITY = LocalAddress.MAX_ADDRESSES;

    private final int workers;
    private final Map<IpAddress, LocalAddress> byAddress = new LinkedHashMap<>();
    private final AtomicReferenceArray<LocalAddress> byId = new AtomicReferenceArray<>(CAPACITY);
    private volatile boolean inUse;

    /** @param workers threads that take ports, numbered from 0 */
    public LocalAddressTable(final int workers) {
        this.workers = workers;
    }

    /**
     * A service begins to use an address.
     *
     * @throws IllegalStateException when there are too many
     */
    public LocalAddress acquire(final IpAddress address) {
        LocalAddress local = byAddress.get(address);
        if (local == null) {
            final int id = freeId();
            local = new LocalAddress(address, id, workers);
            byAddress.put(address, local);
            // seen by workers through the snapshot that has it, and by those that find a connection of such a worker
            byId.set(id, local);
            inUse = true;
        }
        local.used(1);
        return local;
    }

    private int freeId() {
        for (int id = 0; id < CAPACITY; id++) {
            if (byId.get(id) == null) {
                return id;
            }
        }
        throw new IllegalStateException("all " + CAPACITY + " local addresses are in use");
    }

    /** A service uses the address no longer. */
    public void release(final LocalAddress local) {
        local.used(-1);
    }

    /**
     * Forgets addresses that neither a service nor a connection uses. Call it at a time when every worker uses the
     * newest snapshot, so that none can still take a port of one that is forgotten.
     */
    public void sweep() {
        byAddress.values().removeIf(local -> {
            final boolean over = !local.isUsed() && local.connections() == 0;
            if (over) {
                byId.set(local.id(), null);
            }
            return over;
        });
        inUse = !byAddress.isEmpty();
    }

    /** All that are in use, by services or by connections. */
    public Collection<LocalAddress> addresses() {
        return byAddress.values();
    }

    /** Whether there are any; a worker may ask at any time, and may be told of a change a moment later. */
    public boolean areInUse() {
        return inUse;
    }

    /** The address of a local end; null if no connection has it any more. */
    public LocalAddress of(final int localEnd) {
        return byId.get(LocalAddress.idOf(localEnd));
    }

    /** Gives a port back. */
    public void free(final int localEnd) {
        of(localEnd).free(localEnd);
    }
}
