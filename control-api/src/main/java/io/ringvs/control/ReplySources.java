package io.ringvs.control;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.FtpPorts;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

/**
 * Collects the {@link ReplySource}s of rules: what connections to their NAT destinations are answered from, and of IPv6 those to
 * others, too.
 *
 * <p>Mostly that is the destination's port. Every port it is where the connection's port follows the packet's: with a
 * service or destination of port 0, with marks, and with FTP, whose data connections go by ports of their own.
 *
 * <p><b>Threading:</b> one thread.
 */
final class ReplySources {
    private static final List<Integer> ALL_PROTOCOLS = List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP);
    private static final int EVERY_PORT = 0;

    private final FtpPorts ftpPorts;
    private final Set<ReplySource> sources = new HashSet<>();

    ReplySources(final FtpPorts ftpPorts) {
        this.ftpPorts = ftpPorts;
    }

    void add(final ServiceKey key, final DestinationConfig config) {
        if (config.method() != ForwardingMethod.NAT) {
            addVirtual(key);
        } else {
            final boolean everyPort = key.isFwmark() || key.port() == EVERY_PORT || ftpPorts.hasDataConnections(key);
            for (final int protocol : key.isFwmark() ? ALL_PROTOCOLS : List.of(key.protocol())) {
                if (ALL_PROTOCOLS.contains(protocol)) {
                    sources.add(new ReplySource(config.address(), protocol, everyPort ? EVERY_PORT : config.port()));
                }
            }
        }
    }

    /** Real servers with the virtual address answer from it; a host with that address forwards such packets of IPv6 only. */
    private void addVirtual(final ServiceKey key) {
        if (!key.isFwmark() && key.family() == Family.IPV6 && ALL_PROTOCOLS.contains(key.protocol())) {
            sources.add(new ReplySource(key.address(), key.protocol(), ftpPorts.steered(key).port()));
        }
    }

    Set<ReplySource> sources() {
        return sources;
    }
}
