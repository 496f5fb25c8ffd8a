package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionFlags.EXTENDED;
import static io.ringvs.conntab.ConnectionFlags.TEMPLATE;
import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.EXPIRES;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.flags;
import static io.ringvs.conntab.ConnectionLayout.life;
import static io.ringvs.conntab.ConnectionLayout.state;
import static io.ringvs.conntab.ConnectionLayout.withState;

import io.ringvs.service.LocalAddress;
import org.agrona.UnsafeApi;

/**
 * Parents and children among connections: a template controls the connections opened through it, an FTP control
 * connection its data connections. A parent outlives its children.
 *
 * <p>The parent's count of children also decides whether it may end: ending closes it (CAS from 0 to CLOSED), joining
 * counts up (CAS, refused when CLOSED). So no connection ever joins a parent that is being removed.
 *
 * <p><b>Threading:</b> any worker.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_conn.c}, {@code control} and {@code n_control} of {@code struct ip_vs_conn}.
 */
final class Families {
    private final ConnectionTable connections;
    private final FlowTable flows;

    Families(final ConnectionTable connections) {
        this.connections = connections;
        this.flows = connections.flows();
    }

    /** Writes the cold line of a connection that is about to be published. */
    void begin(
        final int slot, final NewConnection wanted, final int distance, final boolean atLaterHome, final int timeout) {
        final long cold = connections.coldLine(slot);
        UnsafeApi.putInt(cold + ColdLayout.PARENT, wanted.parent);
        UnsafeApi.putInt(cold + ColdLayout.CHILDREN, 0);
        UnsafeApi.putInt(cold + ColdLayout.FIREWALL_MARK, wanted.firewallMark);
        UnsafeApi.putInt(cold + ColdLayout.TIMEOUT, (wanted.flags & TEMPLATE) != 0 ? timeout : 0);
        UnsafeApi.putInt(cold + ColdLayout.SYNC_END, 0);
        UnsafeApi.putInt(cold + ColdLayout.ENGINE, (atLaterHome ? ColdLayout.AT_LATER_HOME : 0)
            | distance << ColdLayout.DISTANCE_SHIFT | wanted.engineRecord);
        UnsafeApi.putLong(cold + ColdLayout.HELPER, 0);
        if (wanted.localEnd != LocalAddress.NONE) {
            UnsafeApi.putInt(cold + ColdLayout.LOCAL_END, wanted.localEnd);
        }
    }

    /**
     * Counts a connection that is about to be opened through {@code parent}, and restarts a template's timeout.
     *
     * @return false if the parent is ending
     */
    boolean join(final int parent, final int now) {
        final long children = connections.coldLine(parent) + ColdLayout.CHILDREN;
        int count;
        do {
            count = UnsafeApi.getIntVolatile(null, children);
            if (count == ColdLayout.CLOSED) {
                return false;
            }
            // CAS pairs with the one in close()
        } while (!UnsafeApi.compareAndSetInt(null, children, count, count + 1));
        restart(parent, now);
        return true;
    }

    /** Restarts the timeout of a template. */
    void restart(final int parent, final int now) {
        final int timeout = UnsafeApi.getIntOpaque(null, connections.coldLine(parent) + ColdLayout.TIMEOUT);
        if (timeout != 0) {
            UnsafeApi.putIntOpaque(null, flows.line(parent) + EXPIRES, now + timeout);
        }
    }

    /** Counts a child's end; returns how many are left. */
    int leave(final int parent) {
        return UnsafeApi.getAndAddInt(null, connections.coldLine(parent) + ColdLayout.CHILDREN, -1) - 1;
    }

    /** Bars a connection with a cold line from taking children; false if it has some, or is closed already. */
    boolean close(final int slot) {
        // CAS pairs with the one in join()
        return UnsafeApi.compareAndSetInt(
            null, connections.coldLine(slot) + ColdLayout.CHILDREN, 0, ColdLayout.CLOSED);
    }

    boolean isControlling(final int slot) {
        return (flags(connections.control(slot)) & EXTENDED) != 0
            && UnsafeApi.getIntVolatile(null, connections.coldLine(slot) + ColdLayout.CHILDREN) > 0;
    }

    /** Lets a connection live on because it controls others; returns its timeout in ticks, a template's for good. */
    int prolong(final int slot) {
        if ((flags(connections.control(slot)) & TEMPLATE) != 0) {
            UnsafeApi.putIntOpaque(
                null, connections.coldLine(slot) + ColdLayout.TIMEOUT, ProtocolTimeouts.CONTROLLING_TICKS);
        }
        return ProtocolTimeouts.CONTROLLING_TICKS;
    }

    int parentOf(final int slot) {
        return UnsafeApi.getInt(connections.coldLine(slot) + ColdLayout.PARENT);
    }

    /** How far the slot is from its home line, as noted when it was opened. */
    int distanceOf(final int slot) {
        return UnsafeApi.getInt(connections.coldLine(slot) + ColdLayout.ENGINE) >>> ColdLayout.DISTANCE_SHIFT
            & HopWord.MAX_DISTANCE;
    }

    /** Whether that line is not the first home of its key. */
    boolean isAtLaterHome(final int slot) {
        return (UnsafeApi.getInt(connections.coldLine(slot) + ColdLayout.ENGINE) & ColdLayout.AT_LATER_HOME) != 0;
    }

    boolean isAssuredTemplate(final int slot) {
        final int control = connections.control(slot);
        return (flags(control) & TEMPLATE) != 0 && (state(control) & ConnectionStates.TEMPLATE_ASSURED) != 0;
    }

    void assureParentOf(final int slot) {
        assure(parentOf(slot));
    }

    /** Marks a template assured: one of its connections was established. */
    void assure(final int parent) {
        final long address = flows.line(parent) + CONTROL;
        int control = UnsafeApi.getIntVolatile(null, address);
        // CAS: the word also holds flags that other workers change
        while (life(control) == LIVE && (flags(control) & TEMPLATE) != 0
            && (state(control) & ConnectionStates.TEMPLATE_ASSURED) == 0
            && !UnsafeApi.compareAndSetInt(
                null, address, control, withState(control, state(control) | ConnectionStates.TEMPLATE_ASSURED))) {
            control = UnsafeApi.getIntVolatile(null, address);
        }
    }
}
