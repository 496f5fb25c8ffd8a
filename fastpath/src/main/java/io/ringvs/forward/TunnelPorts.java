package io.ringvs.forward;

import java.security.SecureRandom;

import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;

import org.agrona.UnsafeApi;

/**
 * Chooses the UDP source port of a gue tunnel: the same for all packets of a flow, so that routers that spread by ports
 * keep their order, and different from flow to flow.
 *
 * <p>The hash has a secret key, the same for all workers of the process.
 *
 * <p><b>Threading:</b> static functions; the frame is the caller's.
 *
 * <p><b>Source:</b> udp_flow_src_port of Linux 6.1 {@code net/udp.h} and its default net.ipv4.ip_local_port_range.
 */
final class TunnelPorts {
    /** First port. */
    static final int MIN = 32768;
    /** The port after the last. */
    static final int END = 60999;

    private static final long KEY = new SecureRandom().nextLong();
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private TunnelPorts() {
    }

    /** The port for a packet, in host order. */
    static int of(final long frame, final long headers) {
        final long header = frame + ParsedHeaders.networkOffset(headers);
        long hash = KEY ^ ParsedHeaders.protocol(headers);
        if (ParsedHeaders.isIpv6(headers)) {
            for (int offset = Ipv6Header.SOURCE; offset < Ipv6Header.LENGTH; offset += Long.BYTES) {
                hash = mix(hash, UnsafeApi.getLong(header + offset));
            }
        } else {
            hash = mix(hash, UnsafeApi.getLong(header + Ipv4Header.SOURCE));
        }
        if (!ParsedHeaders.isFragment(headers)) {
            hash = mix(hash, UnsafeApi.getInt(frame + ParsedHeaders.transportOffset(headers)));
        }
        return MIN + (int)((hash >>> 32) * (END - MIN) >>> 32);
    }

    private static long mix(final long hash, final long word) {
        final long product = (hash ^ word) * MULTIPLIER;
        return product ^ Long.rotateLeft(product, 29) * MULTIPLIER;
    }
}
