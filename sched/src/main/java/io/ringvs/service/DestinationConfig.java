package io.ringvs.service;

/**
 * One real server of a service, as configured.
 *
 * @param address        its address; of another family than the service only with {@link ForwardingMethod#TUNNEL}
 * @param port           its port in host order; 0 means "the port of the packet"
 * @param method         how packets reach it
 * @param tunnel         encapsulation, meaningful with TUNNEL only
 * @param weight         0 (quiesced) or more
 * @param lastWeight     the last weight that was not 0 (initially {@code weight}); the mh scheduler's weight
 * @param upperThreshold connections at which it counts as overloaded, 0 for none
 * @param lowerThreshold connections below which it recovers, 0 for three quarters of the upper
 */
public record DestinationConfig(
    IpAddress address, int port, ForwardingMethod method, Tunnel tunnel,
    int weight, int lastWeight, int upperThreshold, int lowerThreshold) {

    /** A destination with no thresholds. */
    public static DestinationConfig of(
        final IpAddress address, final int port, final ForwardingMethod method, final int weight) {
        return new DestinationConfig(address, port, method, Tunnel.IPIP, weight, weight, 0, 0);
    }

    /** Whether {@code other} names the same destination within one service. */
    public boolean sameIdentity(final DestinationConfig other) {
        return port == other.port && address.equals(other.address);
    }
}
