package io.ringvs.control.adm;

import java.util.List;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.Tunnel;

/** {@code -S}: the rules as the commands that make them. Thresholds, daemons and timeouts are not among them. */
final class SavedRules {
    private final NameText names;

    SavedRules(final NameText names) {
        this.names = names;
    }

    void write(final StringBuilder out, final List<ConfiguredService> services) {
        for (final ConfiguredService service : ServiceOrder.sortedServices(services)) {
            final String option = names.asOption(service.key());
            out.append("-A ").append(option);
            settings(out, service.settings());
            final int protocol = service.key().isFwmark() ? 0 : service.key().protocol();
            for (final ConfiguredDestination destination
                : ServiceOrder.sortedDestinations(service.destinations())) {
                destination(out.append("-a ").append(option), destination.config(), protocol);
            }
        }
    }

    private static void settings(final StringBuilder out, final ServiceConfig settings) {
        out.append(" -s ").append(settings.scheduler());
        if (settings.isPersistent()) {
            out.append(" -p ").append(settings.timeoutSeconds());
            final String mask = ServiceListing.maskText(settings);
            if (mask != null) {
                out.append(" -M ").append(mask);
            }
        }
        if (settings.engine() != null) {
            out.append(" --pe ").append(settings.engine());
        }
        if (settings.isOnePacket()) {
            out.append(" -o");
        }
        if ((settings.flags() & SchedulerFlags.ANY) != 0) {
            out.append(" -b ").append(SchedulerFlags.text(settings.scheduler(), settings.flags()));
        }
        out.append('\n');
    }

    private void destination(final StringBuilder out, final DestinationConfig config, final int protocol) {
        out.append(" -r ").append(names.addressAndPort(config.address(), config.port(), protocol));
        out.append(switch (config.method()) {
            case NAT -> " -m";
            case TUNNEL -> " -i";
            default -> " -g";
        });
        out.append(" -w ").append(config.weight());
        if (config.method() == ForwardingMethod.TUNNEL) {
            tunnel(out, config.tunnel());
        }
        out.append('\n');
    }

    private static void tunnel(final StringBuilder out, final Tunnel tunnel) {
        switch (tunnel.type()) {
            case IPIP -> out.append(" --tun-type ipip");
            case GUE -> out.append(" --tun-type gue --tun-port ").append(tunnel.port()).append(checksum(tunnel));
            case GRE -> out.append(" --tun-type gre").append(checksum(tunnel));
        }
    }

    private static String checksum(final Tunnel tunnel) {
        return switch (tunnel.checksum()) {
            case NONE -> " --tun-nocsum";
            case CHECKSUM -> " --tun-csum";
            case REMOTE_CHECKSUM -> " --tun-remcsum";
        };
    }
}
