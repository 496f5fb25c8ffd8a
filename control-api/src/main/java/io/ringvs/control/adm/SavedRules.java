package io.ringvs.control.adm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;
import io.ringvs.snapshot.VirtualService;

/** {@code -S}: the rules as the commands that make them. Thresholds, daemons and timeouts are not among them. */
public final class SavedRules {
    private static final ServiceNames NO_NAMES = new ServiceNames(List.of());
    private static final SavedRules COMPLETE =
        new SavedRules(new NameText(true, NO_NAMES, HostNames.NONE), true);

    private final NameText names;
    /** Whether to write what ipvsadm leaves out, too. */
    private final boolean complete;

    SavedRules(final NameText names) {
        this(names, false);
    }

    private SavedRules(final NameText names, final boolean complete) {
        this.names = names;
        this.complete = complete;
    }

    /**
     * Appends everything of a service in numbers, thresholds included; real servers in the order in which they were
     * added, so that the same commands make the same list.
     */
    public static void append(final StringBuilder out, final VirtualService service) {
        final List<DestinationConfig> oldestFirst = new ArrayList<>(service.config.destinations());
        Collections.reverse(oldestFirst);
        COMPLETE.write(out, service.config, oldestFirst, List.of(service.localAddresses));
    }

    void write(final StringBuilder out, final List<ConfiguredService> services) {
        for (final ConfiguredService service : ServiceOrder.sortedServices(services)) {
            write(out, service.settings(), ServiceOrder.sortedDestinations(service.destinations()).stream()
                .map(ConfiguredDestination::config).toList(), service.localAddresses());
        }
    }

    private void write(
        final StringBuilder out, final ServiceConfig settings, final List<DestinationConfig> destinations,
        final List<LocalAddress> localAddresses) {
        final ServiceKey key = settings.key();
        // ipvsadm writes a mark beyond 31 bits as a negative number, which it does not read
        final String option = complete && key.fwmark() < 0
            ? names.asOption(key).replace("-f " + key.fwmark(), "-f " + Integer.toUnsignedString(key.fwmark()))
            : names.asOption(key);
        out.append("-A ").append(option);
        settings(out, settings);
        final int protocol = key.isFwmark() ? 0 : key.protocol();
        for (final DestinationConfig destination : destinations) {
            destination(out.append("-a ").append(option), destination, protocol);
        }
        localAddresses.forEach(
            local -> out.append("-P ").append(option).append(" -z ").append(local.address()).append('\n'));
    }

    private void settings(final StringBuilder out, final ServiceConfig settings) {
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
            // sh and mh have no name for the third flag, and ipvsadm so leaves it out
            final boolean unnamed = complete && (settings.flags() & ServiceFlags.SCHEDULER_3) != 0;
            out.append(" -b ").append(SchedulerFlags.text(unnamed ? "" : settings.scheduler(), settings.flags()));
        }
        out.append('\n');
    }

    private void destination(final StringBuilder out, final DestinationConfig config, final int protocol) {
        out.append(" -r ").append(names.addressAndPort(config.address(), config.port(), protocol));
        out.append(switch (config.method()) {
            case NAT -> " -m";
            case TUNNEL -> " -i";
            case FULLNAT -> " -b";
            default -> " -g";
        });
        out.append(" -w ").append(config.weight());
        if (config.method() == ForwardingMethod.TUNNEL) {
            tunnel(out, config.tunnel());
        }
        if (complete && (config.upperThreshold() != 0 || config.lowerThreshold() != 0)) {
            out.append(" -x ").append(config.upperThreshold()).append(" -y ").append(config.lowerThreshold());
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
