package io.ringvs.control;

import io.ringvs.service.IpAddress;

/**
 * Where answers come from that the director translates: a real server of a NAT destination.
 *
 * @param protocol TCP, UDP or SCTP
 * @param port     in host order; 0 for every port
 */
public record ReplySource(IpAddress address, int protocol, int port) {
}
