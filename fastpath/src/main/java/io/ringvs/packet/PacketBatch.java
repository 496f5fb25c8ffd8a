package io.ringvs.packet;

/**
 * The packets that a worker treats together: parallel arrays, one element per packet, which the stages read and write.
 *
 * <p>The flow of packet {@code i}, its addresses, ports and protocol, lies in record {@code i} of the connection
 * table's flow batch and nowhere else.
 *
 * <p><b>Threading:</b> one worker.
 */
public final class PacketBatch {
    /** UMEM address of each frame's first byte. */
    public final long[] addresses;
    /** Length of each frame as received, in bytes. */
    public final int[] lengths;
    /** What the parser found, see {@link ParsedHeaders}. */
    public final long[] headers;
    /** Destination id of the packet's connection. */
    public final int[] destinations;
    /** Forwarding method of the packet's connection, an {@link io.ringvs.service.ForwardingMethod} value. */
    public final byte[] methods;
    /** What addresses and ports become, see {@link Translation}; of connections that are translated. */
    public final long[] translations;
    /** {@link Verdict#code()} of each packet. */
    public final byte[] verdicts;
    /** Packets in the batch. */
    public int count;
    /**
     * Of these, fragments, ICMP messages and packets of IPsec: what may belong to a connection without having its
     * ports.
     */
    public int related;
    /** The interface that all of them came in by. */
    public int interfaceIndex;

    /** @param capacity packets at most */
    public PacketBatch(final int capacity) {
        addresses = new long[capacity];
        lengths = new int[capacity];
        headers = new long[capacity];
        destinations = new int[capacity];
        methods = new byte[capacity];
        translations = new long[capacity];
        verdicts = new byte[capacity];
    }

    /** Packets at most. */
    public int capacity() {
        return addresses.length;
    }
}
