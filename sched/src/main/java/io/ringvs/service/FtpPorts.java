package io.ringvs.service;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The virtual ports at which control connections of FTP are looked into; told once, at the start.
 *
 * <p>Besides, every service of port 21 has data connections, which clients of persistent services open on their own.
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Errors:</b> a list that does not fit throws IllegalArgumentException with one sentence for the operator.
 *
 * <p><b>Source:</b> module parameter {@code ports} of Linux 6.1 {@code ip_vs_ftp.c}; FTPPORT of {@code ip_vs_ctl.c}.
 */
public final class FtpPorts {
    /** As Linux's module has it when it is told nothing. */
    public static final FtpPorts DEFAULT = new FtpPorts(List.of(FtpPorts.CONTROL_PORT));
    /** Ports at most. */
    public static final int MAX_PORTS = 8;

    private static final int CONTROL_PORT = 21;
    private static final int EVERY_PORT = 0;
    private static final int MAX_PORT = 65535;

    private final int[] ports;

    /** @param ports empty if no connection is to be looked into */
    public FtpPorts(final List<Integer> ports) {
        if (ports.size() > MAX_PORTS) {
            throw new IllegalArgumentException(
                "at most " + MAX_PORTS + " FTP ports can be named, not " + ports.size());
        }
        for (final int port : ports) {
            if (port <= EVERY_PORT || port > MAX_PORT) {
                throw new IllegalArgumentException("an FTP port must be from 1 to " + MAX_PORT + ", not " + port);
            }
        }
        this.ports = ports.stream().mapToInt(Integer::intValue).distinct().toArray();
    }

    /** Reads numbers with commas between them, or nothing for none. */
    public static FtpPorts parse(final String text) {
        final List<Integer> ports = new ArrayList<>();
        for (final String word : text.isBlank() ? new String[0] : text.split(",", -1)) {
            try {
                ports.add(Integer.valueOf(word.strip()));
            } catch (final NumberFormatException e) {
                throw new IllegalArgumentException(
                    "FTP ports are numbers with commas between them, not '" + text + "'", e);
            }
        }
        return new FtpPorts(ports);
    }

    /** Whether connections to a virtual port, in host order, are looked into. */
    public boolean contains(final int port) {
        for (final int each : ports) {
            if (each == port) {
                return true;
            }
        }
        return false;
    }

    /** Whether a service has data connections, to and from ports that nobody knows beforehand. */
    public boolean hasDataConnections(final ServiceKey key) {
        return !key.isFwmark() && key.protocol() == IpProtocol.TCP
            && (key.port() == CONTROL_PORT || contains(key.port()));
    }

    /**
     * The service whose frames have to come to the workers for this one: all of its address if it has data connections.
     */
    public ServiceKey steered(final ServiceKey key) {
        return hasDataConnections(key) ? ServiceKey.ofAddress(key.protocol(), key.address(), EVERY_PORT) : key;
    }

    /** All services that {@link #steered} says this one of. */
    public List<ServiceKey> steeredBy(final ServiceKey steered) {
        final List<ServiceKey> keys = new ArrayList<>(List.of(steered));
        if (!steered.isFwmark() && steered.protocol() == IpProtocol.TCP && steered.port() == EVERY_PORT) {
            keys.add(ServiceKey.ofAddress(steered.protocol(), steered.address(), CONTROL_PORT));
            for (final int port : ports) {
                keys.add(ServiceKey.ofAddress(steered.protocol(), steered.address(), port));
            }
        }
        return keys.stream().filter(key -> steered(key).equals(steered)).collect(Collectors.toList());
    }
}
