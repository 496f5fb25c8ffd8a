package io.ringvs.control.netlink;

import io.ringvs.control.SyncDaemon;
import io.ringvs.control.netlink.IpvsAttribute.Daemon;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * Reads and writes the nest of a synchronisation daemon.
 *
 * <p><b>Source:</b> ip_vs_genl_new_daemon(), ip_vs_genl_del_daemon() and ip_vs_genl_fill_daemon() of Linux 6.1
 * {@code ip_vs_ctl.c}.
 */
final class DaemonCodec {
    private static final int MASTER = 1;
    private static final int BACKUP = 2;

    private DaemonCodec() {
    }

    static SyncDaemon.Role role(final AttributeTable daemon) throws NetlinkRefusal {
        daemon.require(Daemon.STATE);
        return switch (daemon.u32(Daemon.STATE)) {
            case MASTER -> SyncDaemon.Role.MASTER;
            case BACKUP -> SyncDaemon.Role.BACKUP;
            default -> null;
        };
    }

    static SyncDaemon daemon(final AttributeTable daemon) throws NetlinkRefusal {
        daemon.require(Daemon.STATE, Daemon.MCAST_IFN, Daemon.SYNC_ID);
        return new SyncDaemon(
            role(daemon), daemon.text(Daemon.MCAST_IFN), daemon.u32(Daemon.SYNC_ID), daemon.u16(Daemon.SYNC_MAXLEN),
            group(daemon), daemon.u16(Daemon.MCAST_PORT), daemon.u8(Daemon.MCAST_TTL));
    }

    static void write(final AnswerWriter answer, final SyncDaemon daemon) {
        final int nest = answer.beginNest(IpvsAttribute.Command.DAEMON);
        answer.u32(Daemon.STATE, daemon.role() == SyncDaemon.Role.MASTER ? MASTER : BACKUP);
        answer.text(Daemon.MCAST_IFN, daemon.interfaceName());
        answer.u32(Daemon.SYNC_ID, daemon.syncId());
        answer.u16(Daemon.SYNC_MAXLEN, daemon.maxLength());
        answer.u16(Daemon.MCAST_PORT, daemon.port());
        answer.u8(Daemon.MCAST_TTL, daemon.ttl());
        if (daemon.group().family() == Family.IPV4) {
            answer.be32(Daemon.MCAST_GROUP, daemon.group().bigEndianWord(0));
        } else {
            answer.address(Daemon.MCAST_GROUP6, daemon.group());
        }
        answer.endNest(nest);
    }

    private static IpAddress group(final AttributeTable daemon) {
        if (daemon.has(Daemon.MCAST_GROUP)) {
            return daemon.address(Daemon.MCAST_GROUP, Family.IPV4);
        }
        return daemon.has(Daemon.MCAST_GROUP6) ? daemon.address(Daemon.MCAST_GROUP6, Family.IPV6) : null;
    }
}
