package io.ringvs.sched;

import io.ringvs.service.Family;

/**
 * What a scheduler may look at: the first packet of a connection. Each worker has one and refills it, so that
 * scheduling allocates nothing.
 *
 * <p><b>Threading:</b> one worker.
 */
public final class SchedulingRequest {
    /** Family of the packet and its service. */
    public Family family;
    /** An {@link io.ringvs.service.IpProtocol} number. */
    public int protocol;
    /** Wire words of the client's address. */
    public long clientWord0;
    public long clientWord1;
    /** Client's port, host order. */
    public int clientPort;
    /** Wire words of the packet's destination address. */
    public long virtualWord0;
    public long virtualWord1;
    /** Destination port of the packet, host order. */
    public int virtualPort;
    /** Interface the packet came in by; of a VLAN the one below it. */
    public int interfaceIndex;
    /** The VLAN that the packet came in by, as of {@link io.ringvs.snapshot.Adjacency#tags} without priority bits. */
    public long vlan;
    /** Time in ticks of 4 ms, as connections keep it (wrapping). */
    public int nowTicks;
}
