package io.ringvs.snapshot;

import io.ringvs.service.Family;
import io.ringvs.service.ServiceKey;

/**
 * Finds the real server that a packet comes from by its address and port, among those whose answers are translated.
 *
 * <p>An open-addressing table of object references; see {@link ProbedCopy}.
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Source:</b> ip_vs_has_real_service of Linux 6.1 {@code ip_vs_ctl.c}.
 */
public final class NatServers {
    static final NatServers NONE = new NatServers(new ProbedCopy<>(
        new Destination[0][], 0, NatServers::hash, Destination[]::new));

    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final Destination[][] slots;
    private final int mask;
    private final int size;

    NatServers(final ProbedCopy<Destination> servers) {
        slots = servers.slots();
        mask = ProbedCopy.mask(slots);
        size = servers.size();
    }

    /** A copy to be changed. */
    ProbedCopy<Destination> copy() {
        return new ProbedCopy<>(slots, size, NatServers::hash, Destination[]::new);
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * A real server of that address and port, of a service of that protocol or of a firewall mark; or null.
     *
     * @param word0 first wire word of the address
     * @param port  host order
     */
    public Destination find(
        final Family family, final int protocol, final long word0, final long word1, final int port) {
        int place = hash(word0, word1, port) & mask;
        while (true) {
            final Destination each = slots[place >>> ChunkedCopy.BITS][place & ChunkedCopy.MASK];
            if (each == null) {
                return null;
            }
            final ServiceKey service = each.service.config.key();
            if (each.addressWord0 == word0 && each.addressWord1 == word1 && each.realServer.config().port() == port
                && service.family() == family && (service.isFwmark() || service.protocol() == protocol)) {
                return each;
            }
            place = place + 1 & mask;
        }
    }

    private static int hash(final Destination server) {
        return hash(server.addressWord0, server.addressWord1, server.realServer.config().port());
    }

    private static int hash(final long word0, final long word1, final int port) {
        return (int)(((word0 * 31 + word1) * MULTIPLIER + port) * MULTIPLIER >>> 40);
    }
}
