package io.ringvs.control.http;

/**
 * A real server of a service. What is null is ipvsadm's default.
 *
 * @param address        numeric
 * @param port           the service's if null
 * @param method         direct, tunnel, nat or fullnat
 * @param weight         0 takes no new connections
 * @param upperThreshold connections at which it counts as overloaded, 0 for none
 * @param lowerThreshold connections below which it recovers
 * @param tunnel         with method tunnel only
 */
record DestinationDocument(
    String address, Integer port, String method, Integer weight, Integer upperThreshold, Integer lowerThreshold,
    TunnelDocument tunnel) {
}
