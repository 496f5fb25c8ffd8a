package io.ringvs.replay;

import java.util.Map;

import io.ringvs.service.IpvsSettings;

/**
 * The settings of a topology under their kernel's names. Those outside net.ipv4.vs are the host's own and have no effect
 * on a replay.
 */
final class KernelSettings {
    private static final String PREFIX = "net.ipv4.vs.";

    private KernelSettings() {
    }

    static IpvsSettings of(final Map<String, String> sysctl) throws ReplayException {
        IpvsSettings settings = IpvsSettings.DEFAULTS;
        for (final Map.Entry<String, String> each : sysctl.entrySet()) {
            if (each.getKey().startsWith(PREFIX)) {
                settings = with(settings, each.getKey().substring(PREFIX.length()), number(each));
            }
        }
        return settings;
    }

    private static IpvsSettings with(final IpvsSettings from, final String name, final int value) {
        final boolean on = value != 0;
        return new IpvsSettings(
            name.equals("conn_reuse_mode") ? value : from.connReuseMode(),
            name.equals("expire_nodest_conn") ? on : from.expireNodestConn(),
            name.equals("expire_quiescent_template") ? on : from.expireQuiescentTemplate(),
            name.equals("sloppy_tcp") ? on : from.sloppyTcp(),
            name.equals("sloppy_sctp") ? on : from.sloppySctp(),
            name.equals("cache_bypass") ? on : from.cacheBypass(),
            name.equals("secure_tcp") ? value : from.secureTcp(),
            name.equals("drop_entry") ? value : from.dropEntry(),
            name.equals("drop_packet") ? value : from.dropPacket(),
            name.equals("amemthresh") ? value : from.amemthresh(),
            name.equals("am_droprate") ? value : from.amDroprate());
    }

    private static int number(final Map.Entry<String, String> setting) throws ReplayException {
        try {
            return Integer.parseInt(setting.getValue());
        } catch (final NumberFormatException notOne) {
            throw new ReplayException(
                "the topology sets " + setting.getKey() + " to '" + setting.getValue() + "', which is no number", notOne);
        }
    }
}
