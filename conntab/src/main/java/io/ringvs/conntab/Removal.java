package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionFlags.CONTROLLED;
import static io.ringvs.conntab.ConnectionFlags.EXTENDED;
import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.REMOVED;
import static io.ringvs.conntab.ConnectionLayout.flags;
import static io.ringvs.conntab.ConnectionLayout.life;
import static io.ringvs.conntab.ConnectionLayout.withLife;

import io.ringvs.service.DestinationTable;
import org.agrona.UnsafeApi;

/**
 * Takes connections out of the table: from sight, from the indexes and from all counts.
 *
 * <p><b>Threading:</b> one worker's; of several workers that end one connection, one does and the others are told.
 *
 * <p><b>Source:</b> ip_vs_conn_expire of Linux 6.1 {@code ip_vs_conn.c}.
 */
final class Removal {
    private static final long HIDDEN = (long) FlowLayout.HIDDEN_KIND << 40;

    private final ConnectionTable connections;
    private final FlowTable flows;
    private final ReplyIndex replies;
    private final Families families;
    private final Bindings bindings;
    private final Retirement retirement;
    private final Counter count = new Counter();

    Removal(
        final ConnectionTable connections, final Families families, final Bindings bindings,
        final Retirement retirement) {
        this.connections = connections;
        this.flows = connections.flows();
        this.replies = connections.replies();
        this.families = families;
        this.bindings = bindings;
        this.retirement = retirement;
    }

    /** Ends a connection that controls no others; returns whether it was this call that did. */
    boolean end(final int slot) {
        return end(slot, false, false);
    }

    /** As {@link #end(int)}, and its parent with it if it has no other child, unless that is an assured template. */
    boolean endWithParent(final int slot) {
        return end(slot, true, false);
    }

    /** As {@link #end(int)}, of one in whose place another one stands, and in its destination's counts, too. */
    boolean endForSuccessor(final int slot) {
        return end(slot, false, true);
    }

    private boolean end(final int slot, final boolean withParent, final boolean hasSuccessor) {
        final long address = flows.line(slot) + CONTROL;
        int control = UnsafeApi.getIntVolatile(null, address);
        if (life(control) != LIVE || (flags(control) & EXTENDED) != 0 && !families.close(slot)) {
            return false;
        }
        // CAS: one thread only becomes the owner of the removal, and pairs with the CAS of state changes
        while (!UnsafeApi.compareAndSetInt(null, address, control, withLife(control, REMOVED))) {
            control = UnsafeApi.getIntVolatile(null, address);
            if (life(control) != LIVE) {
                return false;
            }
        }
        final int flags = flags(control);
        final int destination = connections.destination(slot);
        if (ReplyIndex.has(destination, flags)) {
            replies.remove(slot, flags);
        }
        bindings.unbind(hasSuccessor ? DestinationTable.NONE : destination, flags);
        unlink(slot, flags);
        if ((flags & EXTENDED) != 0 && families.isAtLaterHome(slot)) {
            flows.laterHomes().leave(flows.homeAt(slot, families.distanceOf(slot)));
        }
        count.increment();
        if ((flags & CONTROLLED) != 0) {
            leaveParent(slot, withParent);
        }
        retirement.retire(slot);
        return true;
    }

    private void leaveParent(final int slot, final boolean withParent) {
        final int parent = families.parentOf(slot);
        if (families.leave(parent) == 0 && withParent && !families.isAssuredTemplate(parent)) {
            endWithParent(parent);
        }
    }

    /**
     * Makes a connection with a cold line unmatchable while it lives on.
     *
     * @param ports bits to be set in its ports, too
     */
    void hide(final int slot, final long ports) {
        final long address = flows.line(slot) + ConnectionLayout.PORTS;
        UnsafeApi.putLongOpaque(null, address, UnsafeApi.getLong(address) | ports | HIDDEN);
        // its place among the home's few is free for the next one now, and not only when it ends (which finds it gone)
        unlink(slot, EXTENDED);
    }

    private void unlink(final int slot, final int flags) {
        if ((flags & EXTENDED) != 0) {
            final int distance = families.distanceOf(slot);
            flows.unlink(flows.homeAt(slot, distance), distance);
        } else {
            final int home = flows.homeOf(slot);
            flows.unlink(home, flows.distanceOf(home, slot));
        }
    }

    /** Connections and templates ended so far; may be read by any thread. */
    long count() {
        return count.get();
    }
}
