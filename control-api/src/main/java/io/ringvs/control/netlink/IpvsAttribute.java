package io.ringvs.control.netlink;

import static io.ringvs.control.netlink.AttributePolicy.binary;
import static io.ringvs.control.netlink.AttributePolicy.integer;
import static io.ringvs.control.netlink.AttributePolicy.nest;
import static io.ringvs.control.netlink.AttributePolicy.string;

import java.util.Map;

/**
 * Numbers of the IPVS family's attributes, and what a request may put into each.
 *
 * <p><b>Source:</b> IPVS_*_ATTR_* of Linux {@code include/uapi/linux/ip_vs.h}; the policies of Linux 6.1
 * {@code ip_vs_ctl.c}.
 */
final class IpvsAttribute {
    private IpvsAttribute() {
    }

    /** Of a message. */
    static final class Command {
        static final int SERVICE = 1;
        static final int DEST = 2;
        static final int DAEMON = 3;
        static final int TIMEOUT_TCP = 4;
        static final int TIMEOUT_TCP_FIN = 5;
        static final int TIMEOUT_UDP = 6;

        static final AttributePolicy POLICY = new AttributePolicy(Map.of(
            SERVICE, nest(), DEST, nest(), DAEMON, nest(),
            TIMEOUT_TCP, integer(4), TIMEOUT_TCP_FIN, integer(4), TIMEOUT_UDP, integer(4)));

        private Command() {
        }
    }

    /** Of the answer to GET_INFO. */
    static final class Info {
        static final int VERSION = 1;
        static final int CONN_TAB_SIZE = 2;

        private Info() {
        }
    }

    /** Of a service. PORT and the NETMASK of IPv4 lie in network order. */
    static final class Service {
        static final int AF = 1;
        static final int PROTOCOL = 2;
        static final int ADDR = 3;
        static final int PORT = 4;
        static final int FWMARK = 5;
        static final int SCHED_NAME = 6;
        static final int FLAGS = 7;
        static final int TIMEOUT = 8;
        static final int NETMASK = 9;
        static final int STATS = 10;
        static final int PE_NAME = 11;
        static final int STATS64 = 12;

        static final AttributePolicy POLICY = new AttributePolicy(Map.ofEntries(
            Map.entry(AF, integer(2)), Map.entry(PROTOCOL, integer(2)), Map.entry(ADDR, binary(16)),
            Map.entry(PORT, integer(2)), Map.entry(FWMARK, integer(4)), Map.entry(SCHED_NAME, string(15)),
            Map.entry(FLAGS, binary(8)), Map.entry(TIMEOUT, integer(4)), Map.entry(NETMASK, integer(4)),
            Map.entry(STATS, nest()), Map.entry(PE_NAME, string(16))));

        private Service() {
        }
    }

    /** Of a real server. PORT and TUN_PORT lie in network order. */
    static final class Dest {
        static final int ADDR = 1;
        static final int PORT = 2;
        static final int FWD_METHOD = 3;
        static final int WEIGHT = 4;
        static final int U_THRESH = 5;
        static final int L_THRESH = 6;
        static final int ACTIVE_CONNS = 7;
        static final int INACT_CONNS = 8;
        static final int PERSIST_CONNS = 9;
        static final int STATS = 10;
        static final int ADDR_FAMILY = 11;
        static final int STATS64 = 12;
        static final int TUN_TYPE = 13;
        static final int TUN_PORT = 14;
        static final int TUN_FLAGS = 15;

        static final AttributePolicy POLICY = new AttributePolicy(Map.ofEntries(
            Map.entry(ADDR, binary(16)), Map.entry(PORT, integer(2)), Map.entry(FWD_METHOD, integer(4)),
            Map.entry(WEIGHT, integer(4)), Map.entry(U_THRESH, integer(4)), Map.entry(L_THRESH, integer(4)),
            Map.entry(ACTIVE_CONNS, integer(4)), Map.entry(INACT_CONNS, integer(4)),
            Map.entry(PERSIST_CONNS, integer(4)), Map.entry(STATS, nest()), Map.entry(ADDR_FAMILY, integer(2)),
            Map.entry(TUN_TYPE, integer(1)), Map.entry(TUN_PORT, integer(2)), Map.entry(TUN_FLAGS, integer(2))));

        private Dest() {
        }
    }

    /** Of a synchronisation daemon. MCAST_GROUP lies in network order, MCAST_PORT does not. */
    static final class Daemon {
        static final int STATE = 1;
        static final int MCAST_IFN = 2;
        static final int SYNC_ID = 3;
        static final int SYNC_MAXLEN = 4;
        static final int MCAST_GROUP = 5;
        static final int MCAST_GROUP6 = 6;
        static final int MCAST_PORT = 7;
        static final int MCAST_TTL = 8;

        static final AttributePolicy POLICY = new AttributePolicy(Map.of(
            STATE, integer(4), MCAST_IFN, string(15), SYNC_ID, integer(4), SYNC_MAXLEN, integer(2),
            MCAST_GROUP, integer(4), MCAST_GROUP6, integer(16), MCAST_PORT, integer(2), MCAST_TTL, integer(1)));

        private Daemon() {
        }
    }

    /** Of counters: the connections come first, rates follow totals. */
    static final class Stats {
        static final int CONNS = 1;
        static final int CPS = 6;

        private Stats() {
        }
    }
}
