package io.ringvs.host;

import io.ringvs.service.IpAddress;

/**
 * One way a route can take.
 *
 * @param gateway      null if the destination is on the link itself; its family may differ from the route's (RFC 8950)
 * @param weight       share among the next hops of a multipath route, 1..256
 * @param dead         the kernel does not use it at present
 * @param encapsulated the kernel would wrap packets (MPLS, SRv6, ..), which RingVS does not
 */
public record NextHop(int interfaceIndex, IpAddress gateway, int weight, boolean dead, boolean encapsulated) {
    static final int FLAG_DEAD = 0x01;
}
