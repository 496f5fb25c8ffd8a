package io.ringvs.control.http;

import java.util.List;

/**
 * A virtual service: one of an address (protocol, address, port) or of a firewall mark (fwmark, family). What is null
 * is ipvsadm's default.
 *
 * @param protocol          tcp, udp or sctp
 * @param address           numeric
 * @param port              0 for every port of the address
 * @param fwmark            1 to 4294967295
 * @param family            ipv4 or ipv6, of a mark
 * @param scheduler         wlc by default
 * @param schedulerFlags    such as sh-port
 * @param persistentSeconds timeout of persistence; null if not persistent
 * @param netmask           of clients that persist together: 255.255.255.0, or for IPv6 the prefix length, such as 64
 * @param engine            persistence engine
 * @param onePacket         whether each packet is scheduled by itself
 * @param localAddresses    numeric, where connections to FULLNAT real servers come from; of the service's family
 * @param destinations      real servers, newest first
 */
record ServiceDocument(
    String protocol, String address, Integer port, Long fwmark, String family, String scheduler,
    List<String> schedulerFlags, Integer persistentSeconds, String netmask, String engine, Boolean onePacket,
    List<String> localAddresses, List<DestinationDocument> destinations) {
}
