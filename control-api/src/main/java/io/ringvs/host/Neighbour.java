package io.ringvs.host;

import io.ringvs.service.IpAddress;

/**
 * An entry of the kernel's neighbour table (ARP or IPv6 neighbour discovery).
 *
 * @param state NUD_ bit of the kernel
 * @param mac   null while unknown
 */
public record Neighbour(Key key, int state, MacAddress mac) {
    public static final int STATE_NONE = 0x00;
    public static final int STATE_INCOMPLETE = 0x01;
    public static final int STATE_REACHABLE = 0x02;
    public static final int STATE_STALE = 0x04;
    public static final int STATE_DELAY = 0x08;
    public static final int STATE_PROBE = 0x10;
    public static final int STATE_FAILED = 0x20;
    public static final int STATE_NOARP = 0x40;
    public static final int STATE_PERMANENT = 0x80;

    private static final int USABLE =
        STATE_REACHABLE | STATE_STALE | STATE_DELAY | STATE_PROBE | STATE_NOARP | STATE_PERMANENT;

    /** Interface and address: what names a neighbour. */
    public record Key(int interfaceIndex, IpAddress address) {
    }

    /** Whether frames may be sent to its MAC. */
    public boolean isUsable() {
        return mac != null && (state & USABLE) != 0;
    }

    /** Whether its MAC is not known to be right any more and the kernel will find out only if someone uses it. */
    public boolean isStale() {
        return state == STATE_STALE;
    }

    /** Where frames may be sent to, null if nowhere; equal before and after a change that does not matter to them. */
    MacAddress usableMac() {
        return isUsable() ? mac : null;
    }
}
