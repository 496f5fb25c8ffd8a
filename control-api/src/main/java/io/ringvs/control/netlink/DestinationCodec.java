package io.ringvs.control.netlink;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.netlink.IpvsAttribute.Dest;
import io.ringvs.linux.Errno;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.Tunnel;

/**
 * Reads and writes the nest of a real server.
 *
 * <p><b>Source:</b> ip_vs_genl_parse_dest() and ip_vs_genl_dump_dest() of Linux 6.1 {@code ip_vs_ctl.c}.
 */
final class DestinationCodec {
    private static final int METHOD_MASK = 0x7;

    private DestinationCodec() {
    }

    /** Checks that the nest names a real server, and in full if {@code full}. */
    static void check(final AttributeTable destination, final boolean full) throws NetlinkRefusal {
        destination.require(Dest.ADDR, Dest.PORT);
        if (full) {
            destination.require(Dest.FWD_METHOD, Dest.WEIGHT, Dest.U_THRESH, Dest.L_THRESH);
        }
    }

    /** Its address; programs that know of no second family name none, and mean the service's. */
    static IpAddress address(final AttributeTable destination, final Family serviceFamily) throws NetlinkRefusal {
        final int family = destination.u16(Dest.ADDR_FAMILY);
        return destination.address(Dest.ADDR, family == 0 ? serviceFamily : ServiceCodec.family(family));
    }

    static int port(final AttributeTable destination) {
        return destination.be16(Dest.PORT);
    }

    /**
     * The real server as the nest describes it in full. Linux keeps methods and tunnels that it does not know and
     * forwards nothing by them; here they are invalid.
     */
    static DestinationConfig config(final AttributeTable destination, final Family serviceFamily)
        throws NetlinkRefusal {
        final IpAddress address = address(destination, serviceFamily);
        final ForwardingMethod method = ForwardingMethod.ofValue(destination.u32(Dest.FWD_METHOD) & METHOD_MASK);
        // FULLNAT is not of this protocol: who speaks it knows no local addresses
        if (method == null || method == ForwardingMethod.FULLNAT) {
            throw new NetlinkRefusal(Errno.EINVAL);
        }
        final Tunnel tunnel = new Tunnel(
            valueOf(Tunnel.Type.values(), destination.u8(Dest.TUN_TYPE)), destination.be16(Dest.TUN_PORT),
            valueOf(Tunnel.Checksum.values(), destination.u16(Dest.TUN_FLAGS)));
        final int weight = destination.u32(Dest.WEIGHT);
        return new DestinationConfig(
            address, port(destination), method, tunnel, weight, weight, destination.u32(Dest.U_THRESH),
            destination.u32(Dest.L_THRESH));
    }

    static void write(
        final AnswerWriter answer, final ConfiguredDestination destination, final DestinationTable live) {
        final DestinationConfig config = destination.config();
        final int nest = answer.beginNest(IpvsAttribute.Command.DEST);
        answer.address(Dest.ADDR, config.address());
        answer.be16(Dest.PORT, config.port());
        answer.u32(Dest.FWD_METHOD, config.method().value());
        answer.u32(Dest.WEIGHT, config.weight());
        answer.u8(Dest.TUN_TYPE, config.tunnel().type().ordinal());
        answer.be16(Dest.TUN_PORT, config.tunnel().port());
        answer.u16(Dest.TUN_FLAGS, config.tunnel().checksum().ordinal());
        answer.u32(Dest.U_THRESH, config.upperThreshold());
        answer.u32(Dest.L_THRESH, config.lowerThreshold());
        answer.u32(Dest.ACTIVE_CONNS, live.activeConnections(destination.id()));
        answer.u32(Dest.INACT_CONNS, live.inactiveConnections(destination.id()));
        answer.u32(Dest.PERSIST_CONNS, live.persistentConnections(destination.id()));
        answer.u16(Dest.ADDR_FAMILY, config.address().family().socketFamily());
        CounterNests.write(answer, Dest.STATS, Dest.STATS64, destination.counters());
        answer.endNest(nest);
    }

    private static <T> T valueOf(final T[] values, final int number) throws NetlinkRefusal {
        if (number >= values.length) {
            throw new NetlinkRefusal(Errno.EINVAL);
        }
        return values[number];
    }
}
