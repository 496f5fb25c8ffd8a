package io.ringvs.sched;

import io.ringvs.service.Family;
import io.ringvs.service.IpProtocol;

/**
 * Linux's hashing of addresses for schedulers.
 *
 * <p><b>Source:</b> hash_32 of Linux {@code include/linux/hash.h}; the dh, sh, mh and lblc modules, which XOR the words
 * of an IPv6 address.
 */
final class AddressHash {
    /** GOLDEN_RATIO_32 of Linux {@code include/linux/hash.h}. */
    private static final int GOLDEN_RATIO = 0x61C88647;

    private AddressHash() {
    }

    /**
     * An address as one 32-bit number in host order; an IPv6 address as the XOR of its four words.
     *
     * @param family family of the service, which decides how many bytes count
     * @param word0  wire words, native loads of a little-endian machine
     */
    static int fold(final Family family, final long word0, final long word1) {
        if (family == Family.IPV4) {
            return Integer.reverseBytes((int) word0);
        }
        final long folded = word0 ^ word1;
        return Integer.reverseBytes((int) (folded ^ folded >>> 32));
    }

    /** The top {@code bits} bits of the multiplicative hash. */
    static int hash32(final int value, final int bits) {
        return value * GOLDEN_RATIO >>> 32 - bits;
    }

    /** The client port that sh-port and mh-port hash: of TCP, UDP and SCTP only, else 0. */
    static int portOf(final SchedulingRequest request) {
        return switch (request.protocol) {
            case IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP -> request.clientPort;
            default -> 0;
        };
    }
}
