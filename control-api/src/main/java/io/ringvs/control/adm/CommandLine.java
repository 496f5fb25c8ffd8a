package io.ringvs.control.adm;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.ringvs.control.SyncDaemon;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;

/**
 * One command as parsed so far, with ipvsadm's defaults for what is not given.
 *
 * <p><b>Threading:</b> one thread; filled by {@link CommandLineParser}, then read.
 */
final class CommandLine {
    static final String DEFAULT_SCHEDULER = "wlc";
    private static final int IPV6_HOST_PREFIX = 128;

    AdmCommand command;
    final Set<MatrixOption> options = EnumSet.noneOf(MatrixOption.class);

    Family family = Family.IPV4;
    int protocol;
    IpAddress address;
    int port;
    int fwmark;
    String scheduler = "";
    int flags;
    int timeoutSeconds;
    int netmask = -1;
    String engine;
    String schedulerFlags = "";

    IpAddress serverAddress;
    int serverPort;
    ForwardingMethod method = ForwardingMethod.DIRECT;
    int weight = 1;
    int upperThreshold;
    int lowerThreshold;
    Tunnel.Type tunnelType = Tunnel.Type.IPIP;
    int tunnelPort;
    Tunnel.Checksum tunnelChecksum = Tunnel.Checksum.NONE;

    IpAddress localAddress;
    String interfaceName;

    int tcpSeconds;
    int tcpFinSeconds;
    int udpSeconds;

    SyncDaemon.Role role;
    String mcastInterface = "eth0";
    int syncId;
    IpAddress mcastGroup;
    int mcastPort;
    int mcastTtl;
    int syncMaxLength;

    boolean has(final MatrixOption option) {
        return options.contains(option);
    }

    boolean isFwmark() {
        return fwmark != 0;
    }

    void useService(final AddressAndPort service) {
        family = service.address().family();
        address = service.address();
        port = service.withPort() ? service.port() : port;
        if (family == Family.IPV6) {
            netmask = IPV6_HOST_PREFIX;
        }
    }

    void useIpv6Fwmark() {
        family = Family.IPV6;
        netmask = IPV6_HOST_PREFIX;
    }

    ServiceKey serviceKey() {
        return isFwmark() ? ServiceKey.ofFwmark(family, fwmark) : ServiceKey.ofAddress(protocol, address, port);
    }

    ServiceConfig service() {
        return new ServiceConfig(serviceKey(), scheduler, flags, timeoutSeconds, netmask, engine, List.of());
    }

    DestinationConfig destination() {
        return new DestinationConfig(
            serverAddress, serverPort, method, new Tunnel(tunnelType, tunnelPort, tunnelChecksum), weight, weight,
            upperThreshold, lowerThreshold);
    }

    SyncDaemon daemon() {
        return new SyncDaemon(role, mcastInterface, syncId, syncMaxLength, mcastGroup, mcastPort, mcastTtl);
    }
}
