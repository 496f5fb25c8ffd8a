package io.ringvs.host;

import io.ringvs.service.IpAddress;

/**
 * An address of this host.
 *
 * @param prefixLength of its subnet, in bits
 * @param scope        RT_SCOPE_ number of the kernel: 0 universe, 253 link, 254 host
 * @param flags        IFA_F_ flags of the kernel
 */
public record InterfaceAddress(int interfaceIndex, IpAddress address, int prefixLength, int scope, int flags) {
    private static final int FLAG_SECONDARY = 0x01;
    private static final int FLAG_DAD_FAILED = 0x08;
    private static final int FLAG_DEPRECATED = 0x20;
    private static final int FLAG_TENTATIVE = 0x40;

    /** Fit to be the source of packets: of its subnet's addresses the first, and not refused by duplicate detection. */
    boolean isPreferred() {
        return (flags & (FLAG_SECONDARY | FLAG_DAD_FAILED | FLAG_DEPRECATED | FLAG_TENTATIVE)) == 0;
    }

    /** What tells two addresses of a host apart: the same link-local address may be on several interfaces. */
    record Key(int interfaceIndex, IpAddress address) {
    }

    Key key() {
        return new Key(interfaceIndex, address);
    }
}
