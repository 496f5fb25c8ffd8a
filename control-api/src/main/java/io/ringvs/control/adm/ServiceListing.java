package io.ringvs.control.adm;

import java.util.List;

import io.ringvs.control.Columns;
import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.Counters;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.ServiceConfig;

/** {@code -L}: services with their real servers, in one of the {@link ListingFormat}s. */
final class ServiceListing {
    /** Columns of a service's name. */
    static final int SERVICE_WIDTH = 33;
    private static final int DESTINATION_WIDTH = 28;

    private final ListingFormat format;
    private final NameText names;
    private final DestinationTable live;
    private final boolean exact;
    private final boolean sorted;

    ServiceListing(final CommandLine line, final NameText names, final DestinationTable live) {
        this.format = ListingFormat.of(line);
        this.names = names;
        this.live = live;
        this.exact = line.has(MatrixOption.EXACT);
        this.sorted = !line.has(MatrixOption.NOSORT);
    }

    void list(final StringBuilder out, final List<ConfiguredService> services) {
        format.titles(out);
        for (final ConfiguredService service : sorted ? ServiceOrder.sortedServices(services) : services) {
            service(out, service);
            final List<ConfiguredDestination> destinations = service.destinations();
            for (final ConfiguredDestination destination
                : sorted ? ServiceOrder.sortedDestinations(destinations) : destinations) {
                destination(out, service, destination);
            }
        }
    }

    private void service(final StringBuilder out, final ConfiguredService service) {
        final String name = names.listed(service.key());
        if (format.showsCounters()) {
            Columns.left(out, name, SERVICE_WIDTH);
            for (int which = Counters.CONNECTIONS; which <= Counters.OUT_BYTES; which++) {
                final Counters counters = service.counters();
                CounterColumn.append(
                    out, format == ListingFormat.RATE ? counters.rate(which) : counters.value(which), exact);
            }
        } else {
            out.append(name).append(' ').append(service.settings().scheduler());
            settings(out, service.settings());
        }
        out.append('\n');
    }

    private static void settings(final StringBuilder out, final ServiceConfig settings) {
        if ((settings.flags() & SchedulerFlags.ANY) != 0) {
            out.append(" (").append(SchedulerFlags.text(settings.scheduler(), settings.flags())).append(')');
        }
        if (settings.isPersistent()) {
            out.append(" persistent ").append(settings.timeoutSeconds());
            final String mask = maskText(settings);
            if (mask != null) {
                out.append(" mask ").append(mask);
            }
            if (settings.engine() != null) {
                out.append(" pe ").append(settings.engine());
            }
        }
        if (settings.isOnePacket()) {
            out.append(" ops");
        }
    }

    /** The persistence mask, or null when it is that of a single host. */
    static String maskText(final ServiceConfig settings) {
        if (settings.key().family() == Family.IPV6) {
            return settings.netmask() == Family.IPV6.hostPrefixLength() ? null : Integer.toString(settings.netmask());
        }
        final int mask = settings.netmask();
        return mask == -1 ? null : IpAddress.of(
            new byte[] {(byte) (mask >>> 24), (byte) (mask >>> 16), (byte) (mask >>> 8), (byte) mask}).toString();
    }

    private void destination(
        final StringBuilder out, final ConfiguredService service, final ConfiguredDestination destination) {
        final IpAddress address = destination.config().address();
        final int protocol = service.key().isFwmark() ? 0 : service.key().protocol();
        final String full = names.addressAndPort(address, destination.config().port(), protocol);
        final String name = address.family() == Family.IPV4 ? OptionValues.cut(full, DESTINATION_WIDTH) : full;
        Columns.left(out.append("  -> "), name, DESTINATION_WIDTH);
        format.destination(out, destination, live, exact);
        out.append('\n');
    }
}
