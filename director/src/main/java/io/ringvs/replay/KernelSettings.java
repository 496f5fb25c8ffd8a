package io.ringvs.replay;

import java.util.Map;
import java.util.Set;

import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;

/**
 * The settings of a topology under their kernel's names. Those that the director does not know are the host's own and
 * have no effect on a replay; one of IPVS that it does not know is a fault.
 *
 * <p>ICMP errors are not limited unless the topology says so, since a replay's host is one without limits.
 */
final class KernelSettings {
    private static final String IPVS = "net.ipv4.vs.";
    /**
     * Of those without an effect where there is no other director, no second routing, and no tunnel to a local socket.
     */
    private static final Set<String> WITHOUT_EFFECT = Set.of("snat_reroute", "ignore_tunneled", "backup_only",
        "sync_version", "sync_ports", "sync_persist_mode", "sync_qlen_max", "sync_sock_size", "sync_threshold",
        "sync_refresh_period", "sync_retries");
    private static final String ICMP = "net.ipv4.icmp_";
    private static final IpvsSettings UNLIMITED = IpvsSettings.DEFAULTS
        .with(IpvsSetting.ICMP_RATELIMIT, 0)
        .with(IpvsSetting.ICMP_MSGS_PER_SEC, Integer.MAX_VALUE)
        .with(IpvsSetting.ICMP_MSGS_BURST, Integer.MAX_VALUE);

    private KernelSettings() {
    }

    static IpvsSettings of(final Map<String, String> sysctl) throws ReplayException {
        IpvsSettings settings = UNLIMITED;
        for (final Map.Entry<String, String> each : sysctl.entrySet()) {
            if (each.getKey().startsWith(IPVS) && !WITHOUT_EFFECT.contains(each.getKey().substring(IPVS.length()))
                || each.getKey().startsWith(ICMP)) {
                try {
                    settings = settings.with(each.getKey(), each.getValue());
                } catch (final IllegalArgumentException unknown) {
                    throw new ReplayException("the topology's sysctl: " + unknown.getMessage(), unknown);
                }
            }
        }
        return settings;
    }
}
