package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionFlags.CONTROLLED;
import static io.ringvs.conntab.ConnectionFlags.INACTIVE;
import static io.ringvs.conntab.ConnectionFlags.NO_OUTPUT;
import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.EXPIRES;
import static io.ringvs.conntab.ConnectionLayout.IN_PACKETS;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.flags;
import static io.ringvs.conntab.ConnectionLayout.life;
import static io.ringvs.conntab.ConnectionLayout.state;
import static io.ringvs.conntab.ConnectionLayout.withFlags;
import static io.ringvs.conntab.ConnectionLayout.withState;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import org.agrona.UnsafeApi;

/**
 * Steps connections by their packets: state, flags, counts at the destination, timeout.
 *
 * <p><b>Threading:</b> one worker's; other workers may step the same connection.
 *
 * <p><b>Source:</b> set_tcp_state and its like in Linux 6.1 {@code ip_vs_proto_*.c}; ip_vs_conn_put.
 */
final class ConnectionSteps {
    private final ConnectionTable connections;
    private final FlowTable flows;
    /** First line of the table. */
    private final long lines;
    private final DestinationTable destinations;
    private final Families families;
    private final TimerWheel wheel;
    private final StateSteps table = new StateSteps();

    ConnectionSteps(final ConnectionTable connections, final Families families, final TimerWheel wheel) {
        this.connections = connections;
        this.flows = connections.flows();
        this.lines = flows.line(0);
        this.destinations = connections.destinations();
        this.families = families;
        this.wheel = wheel;
        table.apply(false, ProtocolTimeouts.DEFAULTS);
    }

    /** What follows from what; its owner applies changed settings to it. */
    StateSteps table() {
        return table;
    }

    /**
     * Steps a connection by a packet from its client: state, timeout, packet count.
     *
     * @return how its packets are forwarded: a value of {@link ForwardingMethod}; more than one if a helper is to look
     *         at them, see {@link WorkerConnections#isHelped}
     */
    int packet(final int slot, final int event, final int now) {
        final long line = lines + ((long) slot << ConnectionLayout.SHIFT);
        // opaque: only one word is looked at, and a change goes through a CAS on it
        final int control = UnsafeApi.getIntOpaque(null, line + CONTROL);
        final int before = state(control);
        long step = table.of(inputDirection(control), event, before);
        if (StateSteps.state(step) != before) {
            step = changeState(slot, event, false);
        }
        stamp(slot, line, StateSteps.ticks(step), now);
        countPacket(line);
        return flags(control) & (ConnectionFlags.FORWARDING_MASK | ConnectionFlags.HELPED);
    }

    static void countPacket(final long line) {
        // opaque, and not atomic: packets of one connection come to one worker but for moments of re-steering
        UnsafeApi.putIntOpaque(null, line + IN_PACKETS, UnsafeApi.getInt(line + IN_PACKETS) + 1);
    }

    /** Steps a connection by a packet from its real server: state and timeout. */
    void reply(final int slot, final int event, final int now) {
        final long line = flows.line(slot);
        final int control = UnsafeApi.getIntOpaque(null, line + CONTROL);
        long step = table.of(ConnectionStates.OUTPUT, event, state(control));
        if (StateSteps.state(step) != state(control) || (flags(control) & NO_OUTPUT) != 0) {
            step = changeState(slot, event, true);
        }
        if (event == UdpStates.PACKET && (flags(control) & CONTROLLED) != 0) {
            families.assureParentOf(slot);
        }
        stamp(slot, line, StateSteps.ticks(step), now);
    }

    private static int inputDirection(final int control) {
        return (flags(control) & NO_OUTPUT) != 0 ? ConnectionStates.INPUT_ONLY : ConnectionStates.INPUT;
    }

    /** Moves a connection to the state that follows; returns the step. */
    private long changeState(final int slot, final int event, final boolean reply) {
        final long address = flows.line(slot) + CONTROL;
        while (true) {
            final int control = UnsafeApi.getIntVolatile(null, address);
            final int direction = reply ? ConnectionStates.OUTPUT : inputDirection(control);
            final long step = table.of(direction, event, state(control));
            if (life(control) != LIVE) {
                return step;
            }
            final int next = StateSteps.state(step);
            final boolean active = ConnectionStates.isActive(event, next);
            int flags = flags(control);
            if (next != state(control) && connections.destination(slot) != DestinationTable.NONE) {
                flags = active ? flags & ~INACTIVE : flags | INACTIVE;
            }
            if (reply) {
                flags &= ~NO_OUTPUT;
            }
            // CAS pairs with the CAS to REMOVED: the flag INACTIVE that removal finds is the one counted here
            if (UnsafeApi.compareAndSetInt(null, address, control, withFlags(withState(control, next), flags))) {
                stateChanged(slot, control, next, flags, event);
                return step;
            }
        }
    }

    private void stateChanged(final int slot, final int before, final int next, final int flags, final int event) {
        final int destination = connections.destination(slot);
        final boolean wasInactive = (flags(before) & INACTIVE) != 0;
        final boolean isInactive = (flags & INACTIVE) != 0;
        if (wasInactive != isInactive && destination != DestinationTable.NONE) {
            destinations.activeChanged(destination, isInactive ? -1 : 1);
        }
        if (next != state(before) && (flags & CONTROLLED) != 0 && ConnectionStates.isEstablished(event, next)) {
            families.assureParentOf(slot);
        }
    }

    void stamp(final int slot, final long line, final int timeout, final int now) {
        final int expires = now + timeout;
        final int before = UnsafeApi.getIntOpaque(null, line + EXPIRES);
        // opaque: the wheel reads it whenever; a reader that sees the older value visits the connection once more
        UnsafeApi.putIntOpaque(null, line + EXPIRES, expires);
        if (expires - before < 0) {
            wheel.fileEarlier(slot, expires, now);
        }
    }
}
