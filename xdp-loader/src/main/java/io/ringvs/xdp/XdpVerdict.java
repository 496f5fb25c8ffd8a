package io.ringvs.xdp;

/**
 * Why the steering program left a frame to the kernel or took it; every frame is counted under exactly one.
 *
 * <p><b>Source</b>: {@code enum steer_verdict} in {@code steer.h}, in the same order.
 */
public enum XdpVerdict {
    /** Neither IPv4 nor IPv6, or too short to be: ARP, LLDP, and the like. Normal. */
    PASS_NOT_IP,
    /** IP to a MAC address that is not ours: broadcast, multicast, or flooded by a switch. Normal in small numbers. */
    PASS_OTHER_MAC,
    /** Of a VLAN in which this machine has no interface, or one that is down. Normal on trunks. */
    PASS_VLAN,
    /** IP that no virtual service asks for: ssh, ping, routing protocols. Normal. */
    PASS_NO_SERVICE,
    /** An answer of a real server to this machine itself, such as to a health check. Normal. */
    PASS_TO_HOST,
    /** Service traffic on a queue that has no socket; the kernel gets it. Normal only while starting or stopping. */
    PASS_NO_SOCKET,
    /** Traffic of a virtual service. Normal. */
    STEERED_SERVICE,
    /** An answer of a real server that goes back through the director. Normal with NAT. */
    STEERED_REPLY,
    /** A fragment that may belong to a service, as its address serves the protocol. Normal in small numbers. */
    STEERED_FRAGMENT,
    /** An ICMP error sent to a service's address. Normal in small numbers. */
    STEERED_ICMP_ERROR,
    /** To a service's address, but cut short before the ports; the director counts and drops it. Not normal. */
    STEERED_MALFORMED;

    /** Whether such frames stay with the kernel. */
    public boolean isPassed() {
        return this.compareTo(STEERED_SERVICE) < 0;
    }
}
