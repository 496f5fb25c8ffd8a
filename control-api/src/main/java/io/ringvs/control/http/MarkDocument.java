package io.ringvs.control.http;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A rule that gives packets a firewall mark. What is null says nothing of the packets.
 *
 * @param destination   prefix, such as 192.0.2.1 or 2001:db8::/64
 * @param source        prefix
 * @param protocol      tcp, udp or sctp
 * @param ports         destination ports, such as 80,443,1000-2000
 * @param interfaceName by which they come in
 * @param mark          1 to 4294967295
 */
public record MarkDocument(
    String destination, String source, String protocol, String ports,
    @JsonProperty("interface") String interfaceName, Long mark) {
}
