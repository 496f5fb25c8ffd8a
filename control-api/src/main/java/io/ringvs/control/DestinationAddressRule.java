package io.ringvs.control;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * Which addresses a real server may have: unicast ones and the host's own.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_ctl.c} (ip_vs_new_dest), {@code fib_frontend.c} (inet_addr_type) and
 * {@code addrconf_core.c} (ipv6_addr_type).
 */
final class DestinationAddressRule {
    private DestinationAddressRule() {
    }

    static boolean allows(final IpAddress address, final HostAddresses host) {
        final byte[] bytes = address.bytes();
        if (address.family() == Family.IPV4) {
            final int value = address.bigEndianWord(0);
            return value != 0 && value != -1 && !address.isMulticast()
                && (host.isLocal(address) || !host.isBroadcast(address));
        }
        return isRoutableUnicast(address, bytes) || host.isLocal(address);
    }

    private static boolean isRoutableUnicast(final IpAddress address, final byte[] bytes) {
        final boolean linkLocal = bytes[0] == (byte) 0xfe && (bytes[1] & 0xc0) == 0x80;
        final boolean highHalfZero = address.bigEndianWord(0) == 0 && address.bigEndianWord(1) == 0;
        final boolean unspecified = highHalfZero && address.bigEndianWord(2) == 0 && address.bigEndianWord(3) == 0;
        final boolean mapped = highHalfZero && address.bigEndianWord(2) == 0xffff;
        return !address.isMulticast() && !linkLocal && !unspecified && !mapped;
    }
}
