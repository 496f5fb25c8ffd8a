package io.ringvs.control.proc;

import io.ringvs.conntab.Ticks;
import io.ringvs.control.Columns;
import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.RuleSet;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

/** /proc/net/ip_vs: services and real servers. */
final class ServiceTable {
    private ServiceTable() {
    }

    static String text(final RuleSet rules, final int tableSize) {
        final StringBuilder out = new StringBuilder();
        out.append("IP Virtual Server version 1.2.1 (size=").append(tableSize).append(")\n")
            .append("Prot LocalAddress:Port Scheduler Flags\n")
            .append("  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n");
        for (final ConfiguredService service : rules.services()) {
            service(out, service.settings());
            for (final ConfiguredDestination destination : service.destinations()) {
                destination(out, destination, rules.destinations());
            }
        }
        return out.toString();
    }

    private static void service(final StringBuilder out, final ServiceConfig settings) {
        final ServiceKey key = settings.key();
        final boolean ipv6 = key.family() == Family.IPV6;
        final String onePacket = settings.isOnePacket() ? "ops " : "";
        if (key.isFwmark()) {
            Hexadecimal.padded(out.append("FWM  "), key.fwmark() & 0xffffffffL, 8, '0');
            out.append(' ').append(settings.scheduler()).append(' ').append(onePacket);
        } else {
            address(out.append(IpProtocol.name(key.protocol())).append("  "), key.address());
            Hexadecimal.port(out.append(':'), key.port());
            out.append(' ').append(settings.scheduler()).append(' ');
            if (!ipv6) { // the kernel forgets the word for IPv6
                out.append(onePacket).append(' ');
            }
        }
        if (settings.isPersistent()) {
            // the kernel shows a prefix length as if it were a mask, bytes turned round
            final int mask = ipv6 ? Integer.reverseBytes(settings.netmask()) : settings.netmask();
            out.append("persistent ").append(Ticks.ofSeconds(settings.timeoutSeconds())).append(' ');
            Hexadecimal.padded(out, mask & 0xffffffffL, 8, '0');
        }
        out.append('\n');
    }

    private static void destination(
        final StringBuilder out, final ConfiguredDestination destination, final DestinationTable live) {
        address(out.append("  -> "), destination.config().address());
        Hexadecimal.port(out.append(':'), destination.config().port()).append("      ");
        Columns.left(out, destination.config().method().listingName(), 7).append(' ');
        Columns.left(out, Integer.toString(destination.config().weight()), 6).append(' ');
        Columns.left(out, Integer.toString(live.activeConnections(destination.id())), 10).append(' ');
        Columns.left(out, Integer.toString(live.inactiveConnections(destination.id())), 10).append('\n');
    }

    private static void address(final StringBuilder out, final IpAddress address) {
        if (address.family() == Family.IPV6) {
            Hexadecimal.address(out.append('['), address).append(']');
        } else {
            Hexadecimal.address(out, address);
        }
    }
}
