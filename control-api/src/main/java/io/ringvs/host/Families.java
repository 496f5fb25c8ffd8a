package io.ringvs.host;

import io.ringvs.service.Family;

/** Tells the family that a kernel message is about. */
final class Families {
    private Families() {
    }

    /** Null for a family other than IPv4 and IPv6. */
    static Family ofSocketFamily(final int number) {
        if (number == Family.IPV4.socketFamily()) {
            return Family.IPV4;
        }
        return number == Family.IPV6.socketFamily() ? Family.IPV6 : null;
    }
}
