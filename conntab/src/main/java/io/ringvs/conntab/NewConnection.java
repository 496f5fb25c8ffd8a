package io.ringvs.conntab;

import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.LocalAddress;

/**
 * What a connection or template to be opened is to be. A worker keeps one and fills it anew each time.
 *
 * <p><b>Threading:</b> one worker's.
 */
public final class NewConnection {
    /** No parent. */
    public static final int NO_PARENT = -1;

    /** Address of the key, laid out as an entry of a {@link FlowBatch}. */
    long flow;
    int destination;
    short destinationPort;
    int flags;
    int parent;
    int firewallMark;
    int localEnd;
    /** Address of the persistence engine's data, and what the key had in place of its hash. */
    long engineData;
    int engineLength;
    long engineVirtual0;
    long engineVirtual1;
    /** Set by the table. */
    int engineRecord;
    /** Takes the place of another connection, and with it that one's in its destination's counts. */
    boolean isSuccessor;

    /**
     * Sets what every connection has, and forgets all else of the last one.
     *
     * @param flow            address of the key, as in {@link FlowLayout}
     * @param destination     destination id, or {@link io.ringvs.service.DestinationTable#NONE}
     * @param destinationPort in network order as natively loaded
     * @param flags           the destination's connection flags, and of {@link ConnectionFlags} what else applies
     */
    public NewConnection of(final long flow, final int destination, final short destinationPort, final int flags) {
        this.flow = flow;
        this.destination = destination;
        this.destinationPort = destinationPort;
        this.flags = flags & ConnectionFlags.LINUX_MASK;
        this.parent = NO_PARENT;
        this.firewallMark = 0;
        this.localEnd = LocalAddress.NONE;
        this.engineLength = 0;
        this.engineRecord = EngineRecords.NONE;
        this.isSuccessor = false;
        return this;
    }

    /** The template (or control connection) that the connection belongs to. */
    public NewConnection controlledBy(final int parentSlot) {
        this.parent = parentSlot;
        return this;
    }

    /** A helper is to look at its packets. */
    public NewConnection helped() {
        this.flags |= ConnectionFlags.HELPED;
        return this;
    }

    NewConnection successor() {
        this.isSuccessor = true;
        return this;
    }

    public NewConnection firewallMark(final int mark) {
        this.firewallMark = mark;
        return this;
    }

    /**
     * Where the real server sees it come from (FULLNAT). The port is given back when the connection's slot is; if the
     * connection is not opened, by the caller.
     */
    public NewConnection localEnd(final int taken) {
        this.localEnd = taken;
        return this;
    }

    /**
     * What a persistence engine found in the packet: only for a template, whose key has the data mixed in.
     *
     * @param data   address of its first byte
     * @param length from 1 to 255 bytes
     */
    public NewConnection engineData(final long virtual0, final long virtual1, final long data, final int length) {
        this.engineVirtual0 = virtual0;
        this.engineVirtual1 = virtual1;
        this.engineData = data;
        this.engineLength = length;
        return this;
    }

    /**
     * Makes NAT of FULLNAT without a local end: who opens a connection without one (FTP data, a server's call) took the
     * destination for one of NAT, which may have changed a moment ago.
     */
    void checkLocalEnd() {
        if (localEnd == LocalAddress.NONE && (flags & (ConnectionFlags.FORWARDING_MASK | ConnectionFlags.TEMPLATE))
            == ForwardingMethod.FULLNAT.value()) {
            flags = flags & ~ConnectionFlags.FORWARDING_MASK | ForwardingMethod.NAT.value();
        }
    }

    boolean needsColdLine() {
        return parent != NO_PARENT || firewallMark != 0 || localEnd != LocalAddress.NONE
            || (flags & (ConnectionFlags.TEMPLATE | ConnectionFlags.HELPED)) != 0;
    }
}
