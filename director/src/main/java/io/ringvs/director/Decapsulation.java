package io.ringvs.director;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.ringvs.host.HostView;
import io.ringvs.host.Link;
import io.ringvs.service.IpAddress;
import io.ringvs.xdp.AttachOptions;
import io.ringvs.xdp.DecapProgram;
import io.ringvs.xdp.DecapVerdict;
import io.ringvs.xdp.WireAddress;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decapsulation program on an interface, told of this host's addresses as they change: tunnels end at these.
 *
 * <p><b>Threading:</b> started and closed by one thread; between, {@link #follow} and {@link #counters} by one other.
 *
 * <p><b>Errors:</b> {@link StartException}, {@link io.ringvs.xdp.XdpException} or
 * {@link io.ringvs.linux.NativeCallException} with one sentence.
 */
final class Decapsulation implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Decapsulation.class);

    private final Set<IpAddress> vips;
    private final HostView host;
    private final DecapProgram program;
    private Set<IpAddress> missing = Set.of();

    private Decapsulation(final Set<IpAddress> vips, final HostView host, final DecapProgram program) {
        this.vips = vips;
        this.host = host;
        this.program = program;
    }

    static Decapsulation start(
        final String interfaceName, final Set<IpAddress> vips, final int guePort, final AttachOptions options) {
        final HostView host = HostView.open();
        try {
            final Link link = host.link(interfaceName);
            if (link != null && !link.isUp()) {
                throw new StartException("interface " + interfaceName + " is down; bring it up with `ip link set "
                    + interfaceName + " up`");
            }
            final DecapProgram program =
                DecapProgram.attach(interfaceName, wire(vips), wire(host.addresses()), guePort, options);
            LOGGER.info("{}", program);
            final Decapsulation decapsulation = new Decapsulation(vips, host, program);
            decapsulation.warn();
            return decapsulation;
        } catch (final RuntimeException e) {
            host.close();
            throw e;
        }
    }

    /** Takes what the kernel announced since. */
    void follow(final long nowNs) {
        if (!host.poll(nowNs).isEmpty()) {
            program.hostAddresses(wire(host.addresses()));
            warn();
        }
    }

    private void warn() {
        final Set<IpAddress> unborne = new HashSet<>(vips);
        unborne.removeAll(host.addresses());
        if (!unborne.equals(missing) && !unborne.isEmpty()) {
            LOGGER.warn("No interface of this host bears {}: it will not take their packets until "
                + "`ip address add VIP dev lo`", unborne);
        }
        missing = unborne;
    }

    private static Set<WireAddress> wire(final Set<IpAddress> addresses) {
        return addresses.stream()
            .map(each -> new WireAddress(each.family().ipVersion(), each.word0(), each.word1()))
            .collect(Collectors.toSet());
    }

    Map<DecapVerdict, Long> counters() {
        return program.counters().getAll();
    }

    @Override
    public void close() {
        program.close();
        host.close();
    }
}
