package io.ringvs.replay;

import java.util.Map;

import io.ringvs.service.IpvsSettings;

/**
 * The settings of a topology under their kernel's names. Those outside net.ipv4.vs are the host's own and have no
 * effect on a replay.
 */
final class KernelSettings {
    private static final String PREFIX = "net.ipv4.vs.";

    private KernelSettings() {
    }

    static IpvsSettings of(final Map<String, String> sysctl) throws ReplayException {
        IpvsSettings settings = IpvsSettings.DEFAULTS;
        for (final Map.Entry<String, String> each : sysctl.entrySet()) {
            if (each.getKey().startsWith(PREFIX)) {
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
