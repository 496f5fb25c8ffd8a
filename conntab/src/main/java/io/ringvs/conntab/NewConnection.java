package io.ringvs.conntab;

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
        return this;
    }

    /** The template (or control connection) that the connection belongs to. */
    public NewConnection controlledBy(final int parentSlot) {
        this.parent = parentSlot;
        return this;
    }

    public NewConnection firewallMark(final int mark) {
        this.firewallMark = mark;
        return this;
    }

    boolean needsColdLine() {
        return parent != NO_PARENT || firewallMark != 0 || (flags & ConnectionFlags.TEMPLATE) != 0;
    }
}
