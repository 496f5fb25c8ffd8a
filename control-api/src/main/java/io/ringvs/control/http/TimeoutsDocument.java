package io.ringvs.control.http;

import io.ringvs.conntab.ProtocolTimeouts;

/**
 * How long connections live after their last packet, in seconds, as {@code ringvs adm --set} has them.
 *
 * @param tcp    established
 * @param tcpFin after a FIN
 * @param udp    UDP
 */
record TimeoutsDocument(Integer tcp, Integer tcpFin, Integer udp) {
    static TimeoutsDocument of(final ProtocolTimeouts timeouts) {
        return new TimeoutsDocument(timeouts.tcpSeconds(), timeouts.tcpFinSeconds(), timeouts.udpSeconds());
    }
}
