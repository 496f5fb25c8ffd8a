package io.ringvs.control;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;

/**
 * Whether ipvsadm has words for a rule. Linux takes some that it has none for, by netlink from other programs; here
 * they are invalid, because rules are saved in those words and have to come back.
 */
public final class ExpressibleRule {
    /** 31 days in seconds: ipvsadm's longest persistence and longest connection timeout. */
    public static final int MAX_SECONDS = 31 * 24 * 60 * 60;

    private ExpressibleRule() {
    }

    static boolean service(final ServiceConfig settings) {
        if (settings.isPersistent() && (settings.timeoutSeconds() < 1 || settings.timeoutSeconds() > MAX_SECONDS)) {
            return false;
        }
        final ServiceKey key = settings.key();
        return key.isFwmark() || switch (key.protocol()) {
            case IpProtocol.TCP, IpProtocol.SCTP ->
                !settings.isOnePacket() && (key.port() != 0 || settings.isPersistent());
            case IpProtocol.UDP -> key.port() != 0 || settings.isPersistent();
            default -> false;
        };
    }

    static boolean destination(final ServiceKey service, final DestinationConfig config) {
        return switch (config.method()) {
            case NAT, FULLNAT -> true;
            case DIRECT -> isPortOf(service, config);
            case TUNNEL -> isPortOf(service, config) && (config.tunnel().type() != Tunnel.Type.GRE
                || config.tunnel().checksum() != Tunnel.Checksum.REMOTE_CHECKSUM);
            case LOCAL, BYPASS -> false;
        };
    }

    static boolean timeouts(final int... seconds) {
        for (final int each : seconds) {
            if (each > MAX_SECONDS) {
                return false;
            }
        }
        return true;
    }

    /** Where the port is not translated, it is the service's; unless that is a mark, which has none. */
    private static boolean isPortOf(final ServiceKey service, final DestinationConfig config) {
        return service.isFwmark() || config.port() == service.port();
    }
}
