package io.ringvs.control.adm;

import java.util.EnumSet;
import java.util.Set;

import io.ringvs.control.ExpressibleRule;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;

/**
 * What ipvsadm refuses to ask for, in its words. Whoever asks on a user's behalf checks here; netlink clients, as with
 * Linux, do not, and get an error number where the rules cannot take it.
 *
 * <p>Each method answers null when nothing is wrong.
 */
public final class RequestChecks {
    static final int MAX_TIMEOUT_SECONDS = ExpressibleRule.MAX_SECONDS;

    private RequestChecks() {
    }

    /** @param flags {@link ServiceFlags} */
    public static String service(final ServiceKey key, final int flags) {
        if (!key.isFwmark() && key.port() == 0 && (flags & ServiceFlags.PERSISTENT) == 0) {
            return "Zero port specified for non-persistent service";
        }
        if ((flags & ServiceFlags.ONE_PACKET) != 0 && !key.isFwmark() && key.protocol() != IpProtocol.UDP) {
            return "One-Packet Scheduling is only for UDP virtual services";
        }
        return null;
    }

    /** A persistence timeout in seconds. */
    public static String timeout(final long seconds) {
        return seconds >= 1 && seconds <= MAX_TIMEOUT_SECONDS
            ? null : "invalid timeout value `" + seconds + "' specified";
    }

    /** @param withTunnel whether anything is said about the tunnel */
    public static String server(
        final Family service, final Family server, final ForwardingMethod method, final boolean withTunnel) {
        if (server != service && method != ForwardingMethod.TUNNEL) {
            return "Different address family is allowed only for tunneling servers";
        }
        return withTunnel && method != ForwardingMethod.TUNNEL ? "Tunnel options conflict with forward method" : null;
    }

    public static String localAddress(final Family service, final Family local) {
        return local == service ? null : "The local address must be of the service's address family";
    }

    /**
     * What is said about a tunnel.
     *
     * @param withPort whether there is a port
     * @param checksum null if nothing is said of it
     */
    public static String tunnel(final Tunnel.Type type, final boolean withPort, final Tunnel.Checksum checksum) {
        final Set<MatrixOption> given = EnumSet.of(MatrixOption.TUN_TYPE);
        if (withPort) {
            given.add(MatrixOption.TUN_PORT);
        }
        if (checksum != null) {
            given.add(switch (checksum) {
                case NONE -> MatrixOption.TUN_NOCSUM;
                case CHECKSUM -> MatrixOption.TUN_CSUM;
                case REMOTE_CHECKSUM -> MatrixOption.TUN_REMCSUM;
            });
        }
        try {
            TunnelOptions.check(type, given);
            return null;
        } catch (final AdmExit wrong) {
            return wrong.getMessage().strip();
        }
    }

    /** Ends the command if something is wrong. */
    static void require(final String complaint) throws AdmExit {
        if (complaint != null) {
            throw AdmExit.fail(complaint);
        }
    }
}
