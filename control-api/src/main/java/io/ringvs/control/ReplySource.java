package io.ringvs.control;

import io.ringvs.service.IpAddress;

/**
 * Where answers come from that pass the director: a real server of a NAT destination, or one with the virtual address.
 *
 * @param protocol TCP, UDP or SCTP
 * @param port     in host order; 0 for every port
 */
public record ReplySource(IpAddress address, int protocol, int port) {
}
