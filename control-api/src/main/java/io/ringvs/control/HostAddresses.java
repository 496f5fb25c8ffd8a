package io.ringvs.control;

import io.ringvs.service.IpAddress;

/**
 * What rules ask about the host: its addresses and interfaces.
 *
 * <p><b>Threading:</b> control thread; an answer must not wait for anything.
 */
public interface HostAddresses {
    /** Whether the address is one of the host's own (in the kernel's local routing table). */
    boolean isLocal(IpAddress address);

    /** Whether the IPv4 address is the broadcast address of one of the host's networks. */
    boolean isBroadcast(IpAddress address);

    /** The MTU of an interface in bytes, or 0 if there is no interface of that name. */
    int interfaceMtu(String name);
}
