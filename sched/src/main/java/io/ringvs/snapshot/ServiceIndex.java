package io.ringvs.snapshot;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

import io.ringvs.service.Family;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

/**
 * Finds the virtual service of a packet that no connection knows: by mark first, then by exact address and port, then
 * the FTP service that its data connections belong to, then a service of every port.
 *
 * <p>An open-addressing table of object references; see {@link ProbedCopy}.
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
    /** Those of an address first, then those of a mark; of each kind in the order in which they were added. */
    private static final Comparator<VirtualService> RULE_ORDER =
        Comparator.<VirtualService, Boolean>comparing(service -> service.config.key().isFwmark())
            .thenComparingLong(service -> service.sequence);

    /** Without services. */
    static final ServiceIndex EMPTY = new ServiceIndex(new ProbedCopy<>(
        new VirtualService[0][], 0, ServiceIndex::hash, VirtualService[]::new), 0, 0, 0);

    private final VirtualService[][] slots;
    private final int mask;
    private final int size;
    /** How many services there are that each kind of search could find. */
    private final int fwmarks;
    private final int ftp;
    private final int portZero;

    private ServiceIndex(
        final ProbedCopy<VirtualService> services, final int fwmarks, final int ftp, final int portZero) {
        this.slots = services.slots();
        this.mask = ProbedCopy.mask(slots);
        this.size = services.size();
        this.fwmarks = fwmarks;
        this.ftp = ftp;
        this.portZero = portZero;
    }

    /** The index without some services that it has, and with others. */
    ServiceIndex with(final Collection<VirtualService> removed, final Collection<VirtualService> added) {
        if (removed.isEmpty() && added.isEmpty()) {
            return this;
        }
        final ProbedCopy<VirtualService> copy =
            new ProbedCopy<>(slots, size, ServiceIndex::hash, VirtualService[]::new);
        removed.forEach(copy::remove);
        added.forEach(copy::add);
        return new ServiceIndex(copy,
            fwmarks + change(removed, added, ServiceKey::isFwmark),
            ftp + change(removed, added, key -> key.port() == FTP_PORT && !key.isFwmark()),
            portZero + change(removed, added, key -> key.port() == 0)); // a fwmark service's, too, as in Linux
    }

    private static int change(
        final Collection<VirtualService> removed, final Collection<VirtualService> added,
        final Predicate<ServiceKey> which) {
        return count(added, which) - count(removed, which);
    }

    private static int count(final Collection<VirtualService> services, final Predicate<ServiceKey> which) {
        int count = 0;
        for (final VirtualService service : services) {
            count += which.test(service.config.key()) ? 1 : 0;
        }
        return count;
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
        if (fwmark != 0 && fwmarks != 0) {
            final VirtualService marked = exact(family, IpProtocol.TCP, 0, 0, 0, fwmark);
            if (marked != null) {
                return marked;
            }
        }
        VirtualService found = exact(family, protocol, word0, word1, port, 0);
        if (found == null && ftp != 0 && protocol == IpProtocol.TCP
            && (port == FTP_DATA_PORT || port >= FIRST_UNPRIVILEGED_PORT)) {
            found = exact(family, protocol, word0, word1, FTP_PORT, 0);
        }
        if (found == null && portZero != 0) {
            found = exact(family, protocol, word0, word1, 0, 0);
        }
        return found;
    }

    /** Number of services. */
    public int size() {
        return size;
    }

    /** All services, in the order of the rules. It takes a while where there are many. */
    public List<VirtualService> services() {
        return Arrays.stream(slots).flatMap(Arrays::stream).filter(Objects::nonNull).sorted(RULE_ORDER).toList();
    }

    /** The service of that identity, or null. */
    public VirtualService get(final ServiceKey key) {
        return exact(key.family(), key.protocol(), key.address().word0(), key.address().word1(), key.port(),
            key.fwmark());
    }

    private VirtualService exact(
        final Family family, final int protocol, final long word0, final long word1, final int port,
        final int fwmark) {
        int index = hash(protocol, word0, word1, port, fwmark) & mask;
        while (true) {
            final VirtualService candidate = slots[index >>> ChunkedCopy.BITS][index & ChunkedCopy.MASK];
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

    private static int hash(final VirtualService service) {
        final ServiceKey key = service.config.key();
        return hash(key.protocol(), key.address().word0(), key.address().word1(), key.port(), key.fwmark());
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
