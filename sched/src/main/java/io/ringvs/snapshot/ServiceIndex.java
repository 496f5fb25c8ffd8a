package io.ringvs.snapshot;

import java.util.List;

import io.ringvs.service.Family;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

/**
 * Finds the virtual service of a packet that no connection knows: by mark first, then by exact address and port, then
 * the FTP service that its data connections belong to, then a service of every port.
 *
 * <p>An open-addressing table of object references, built once; linear probing, at most half full.
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_ctl.c}, ip_vs_service_find.
 */
public final class ServiceIndex {
    private static final int FTP_PORT = 21;
    private static final int FTP_DATA_PORT = 20;
    /** Linux's net.ipv4.ip_unprivileged_port_start: passive FTP data connections go to ports from here on. */
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;

    private final List<VirtualService> services;
    private final VirtualService[] slots;
    private final boolean anyFwmark;
    private final boolean anyFtp;
    private final boolean anyPortZero;

    public ServiceIndex(final List<VirtualService> services) {
        this.services = List.copyOf(services);
        final int size = Math.max(4, Integer.highestOneBit(Math.max(1, services.size())) * 4);
        slots = new VirtualService[size];
        boolean fwmark = false;
        boolean ftp = false;
        boolean portZero = false;
        for (final VirtualService service : services) {
            final ServiceKey key = service.config.key();
            fwmark |= key.isFwmark();
            ftp |= key.port() == FTP_PORT && !key.isFwmark();
            portZero |= key.port() == 0; // a fwmark service's port is 0, and Linux counts it too
            insert(service);
        }
        anyFwmark = fwmark;
        anyFtp = ftp;
        anyPortZero = portZero;
    }

    /**
     * The service that takes a packet, or null.
     *
     * @param word0  first wire word of the packet's destination address
     * @param port   destination port, host order
     * @param fwmark the packet's mark, 0 for none
     */
    public VirtualService find(
        final Family family, final int protocol, final long word0, final long word1, final int port,
        final int fwmark) {
        if (fwmark != 0 && anyFwmark) {
            final VirtualService marked = exact(family, IpProtocol.TCP, 0, 0, 0, fwmark);
            if (marked != null) {
                return marked;
            }
        }
        VirtualService found = exact(family, protocol, word0, word1, port, 0);
        if (found == null && anyFtp && protocol == IpProtocol.TCP
            && (port == FTP_DATA_PORT || port >= FIRST_UNPRIVILEGED_PORT)) {
            found = exact(family, protocol, word0, word1, FTP_PORT, 0);
        }
        if (found == null && anyPortZero) {
            found = exact(family, protocol, word0, word1, 0, 0);
        }
        return found;
    }

    /** All services, in the order of the rules. */
    public List<VirtualService> services() {
        return services;
    }

    private VirtualService exact(
        final Family family, final int protocol, final long word0, final long word1, final int port,
        final int fwmark) {
        final int mask = slots.length - 1;
        int index = hash(protocol, word0, word1, port, fwmark) & mask;
        while (true) {
            final VirtualService candidate = slots[index];
            if (candidate == null) {
                return null;
            }
            final ServiceKey key = candidate.config.key();
            if (key.fwmark() == fwmark && key.port() == port && key.protocol() == protocol && key.family() == family
                && key.address().word0() == word0 && key.address().word1() == word1) {
                return candidate;
            }
            index = (index + 1) & mask;
        }
    }

    private void insert(final VirtualService service) {
        final ServiceKey key = service.config.key();
        final int mask = slots.length - 1;
        int index = hash(
            key.protocol(), key.address().word0(), key.address().word1(), key.port(), key.fwmark()) & mask;
        while (slots[index] != null) {
            index = (index + 1) & mask;
        }
        slots[index] = service;
    }

    private static int hash(
        final int protocol, final long word0, final long word1, final int port, final int fwmark) {
        // operators' addresses, not attackers' packets, decide what is in the table: no key is needed
        long mixed = (word0 * 31 + word1) * 0x9E3779B97F4A7C15L;
        mixed ^= ((long) fwmark << 24) + ((long) port << 8) + protocol;
        mixed *= 0xD6E8FEB86659FD93L;
        return (int) (mixed >>> 40);
    }
}
