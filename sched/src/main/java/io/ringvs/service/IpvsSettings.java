package io.ringvs.service;

/**
 * The run-time settings that Linux keeps under net.ipv4.vs, with the same names, defaults and meaning.
 *
 * @param connReuseMode           conn_reuse_mode: bit 0 reschedules a new connection on a port that rests in TIME_WAIT or
 *                                CLOSE, bit 1 in FIN_WAIT where replies are not seen
 * @param expireNodestConn        expire_nodest_conn: a connection whose destination is gone ends at its next packet
 * @param expireQuiescentTemplate expire_quiescent_template: a template of a weight-0 destination is not used again
 * @param sloppyTcp               sloppy_tcp: any TCP packet but a reset may open a connection
 * @param sloppySctp              sloppy_sctp: any SCTP packet but an abort may open a connection
 * @param cacheBypass             cache_bypass: without a destination, packets of a fwmark service go where they say
 * @param secureTcp               secure_tcp, 0..3
 * @param dropEntry               drop_entry, 0..3
 * @param dropPacket              drop_packet, 0..3
 * @param amemthresh              amemthresh, in pages of 4 KiB
 * @param amDroprate              am_droprate: one in so many new connections is dropped in mode 3
 */
public record IpvsSettings(
    int connReuseMode, boolean expireNodestConn, boolean expireQuiescentTemplate,
    boolean sloppyTcp, boolean sloppySctp, boolean cacheBypass,
    int secureTcp, int dropEntry, int dropPacket, int amemthresh, int amDroprate) {

    /** What Linux starts with. */
    public static final IpvsSettings DEFAULTS =
        new IpvsSettings(1, false, false, false, false, false, 0, 0, 0, 1024, 10);
}
