package io.ringvs.service;

/** Flags of a virtual service. Source: IP_VS_SVC_F_* of Linux {@code include/uapi/linux/ip_vs.h}. */
public final class ServiceFlags {
    public static final int PERSISTENT = 0x01;
    /** Internal "is in the table" bit; set on every live service and visible in netlink dumps. */
    public static final int HASHED = 0x02;
    /** One-packet scheduling: effective for UDP only. */
    public static final int ONE_PACKET = 0x04;
    /** sh-fallback, mh-fallback, or flag-1. */
    public static final int SCHEDULER_1 = 0x08;
    /** sh-port, mh-port, or flag-2. */
    public static final int SCHEDULER_2 = 0x10;
    /** flag-3. */
    public static final int SCHEDULER_3 = 0x20;

    private ServiceFlags() {
    }
}
