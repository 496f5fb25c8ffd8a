package io.ringvs.service;

/**
 * A run-time setting that Linux keeps under net.ipv4.vs or net.ipv4, with the same name, default and meaning. All are
 * whole numbers; a setting that is on or off is on with any number but 0.
 *
 * <p><b>Source:</b> vs_vars of Linux 6.1 {@code ip_vs_ctl.c}; kernel document {@code networking/ipvs-sysctl}.
 */
public enum IpvsSetting {
    /** The defences' idea of little memory, in pages of 4 KiB. */
    AMEMTHRESH("amemthresh", 1024, Integer.MAX_VALUE),
    /** One in so many new connections is dropped when drop_packet is 3. */
    AM_DROPRATE("am_droprate", 10, Integer.MAX_VALUE),
    /** 0 never, 1 and 2 by memory (2: at this moment), 3 always drops some connections each second. */
    DROP_ENTRY("drop_entry", 0, 3),
    /** 0 never, 1 and 2 by memory, 3 always drops one in so many packets that would open a connection. */
    DROP_PACKET("drop_packet", 0, 3),
    /** 0 never, 1 and 2 by memory, 3 always steps TCP connections by the stricter table. */
    SECURE_TCP("secure_tcp", 0, 3),
    /** Without a real server, packets of a firewall-mark service go on to where they say. */
    CACHE_BYPASS("cache_bypass", 0, Integer.MAX_VALUE),
    /** A connection whose real server is removed ends at once, and its next packet is scheduled anew. */
    EXPIRE_NODEST_CONN("expire_nodest_conn", 0, Integer.MAX_VALUE),
    /** Any TCP packet but a reset may open a connection. */
    SLOPPY_TCP("sloppy_tcp", 0, Integer.MAX_VALUE),
    /** Any SCTP packet but an abort may open a connection. */
    SLOPPY_SCTP("sloppy_sctp", 0, Integer.MAX_VALUE),
    /** A template whose real server has weight 0 is not used for new connections. */
    EXPIRE_QUIESCENT_TEMPLATE("expire_quiescent_template", 0, Integer.MAX_VALUE),
    /** ICMP errors may open connections. */
    SCHEDULE_ICMP("schedule_icmp", 0, Integer.MAX_VALUE),
    /** Packets from NAT's real servers that belong to no connection are refused, and not routed on. */
    NAT_ICMP_SEND("nat_icmp_send", 0, Integer.MAX_VALUE),
    /** A tunnel's outer packet stays whole where the packet inside must; its sender is told if it does not fit then. */
    PMTU_DISC("pmtu_disc", 1, Integer.MAX_VALUE),
    /**
     * Not 0: a new connection may replace one in TIME_WAIT or CLOSE; bit 1: one in FIN_WAIT whose replies are not seen.
     */
    CONN_REUSE_MODE("conn_reuse_mode", 1, Integer.MAX_VALUE),
    /** ICMP errors that the director makes per second, for all clients together. */
    ICMP_MSGS_PER_SEC("net.ipv4.", "icmp_msgs_per_sec", 1000, Integer.MAX_VALUE),
    /** So many of them at once. */
    ICMP_MSGS_BURST("net.ipv4.", "icmp_msgs_burst", 50, Integer.MAX_VALUE),
    /** Time between two ICMP errors to the same client, in milliseconds; 0 for any time. */
    ICMP_RATELIMIT("net.ipv4.", "icmp_ratelimit", 1000, Integer.MAX_VALUE),
    /** Not Linux's: TCP servers reached by FULLNAT are told their client's address in a TCP option. */
    FULLNAT_TOA("ringvs.", "fullnat_toa", 1, Integer.MAX_VALUE),
    /** Not Linux's: UDP servers reached by FULLNAT are told, 1 in an IPv4 option, 2 in a header of its own. */
    FULLNAT_UOA("ringvs.", "fullnat_uoa", 0, 2);

    private final String prefix;
    private final String settingName;
    private final int initial;
    private final int max;

    IpvsSetting(final String settingName, final int initial, final int max) {
        this("net.ipv4.vs.", settingName, initial, max);
    }

    IpvsSetting(final String prefix, final String settingName, final int initial, final int max) {
        this.prefix = prefix;
        this.settingName = settingName;
        this.initial = initial;
        this.max = max;
    }

    /** The sysctl's whole name. */
    public String sysctlName() {
        return prefix + settingName;
    }

    /** The last part of the sysctl's name. */
    public String settingName() {
        return settingName;
    }

    /** What Linux starts with. */
    public int initial() {
        return initial;
    }

    /** The largest value; the smallest is 0. */
    public int max() {
        return max;
    }
}
