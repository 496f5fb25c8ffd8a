package io.ringvs.snapshot;

import java.util.List;

import io.ringvs.service.Family;
import io.ringvs.service.ServiceKey;

/**
 * Finds the real server that a packet comes from by its address and port, among those whose answers are translated.
 *
 * <p>An open-addressing table of object references, built once; linear probing, at most half full.
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Source:</b> ip_vs_has_real_service of Linux 6.1 {@code ip_vs_ctl.c}.
 */
public final class NatServers {
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final Destination[] places;
    private final boolean empty;

    NatServers(final List<Destination> servers) {
        empty = servers.isEmpty();
        places = new Destination[Integer.highestOneBit(Math.max(1, servers.size())) * 4];
        for (final Destination each : servers) {
            int place = place(each.addressWord0, each.addressWord1, each.realServer.config().port());
            while (places[place] != null) {
                place = next(place);
            }
            places[place] = each;
        }
    }

    public boolean isEmpty() {
        return empty;
    }

    /**
     * A real server of that address and port, of a service of that protocol or of a firewall mark; or null.
     *
     * @param word0 first wire word of the address
     * @param port  host order
     */
    public Destination find(
        final Family family, final int protocol, final long word0, final long word1, final int port) {
        int place = place(word0, word1, port);
        while (places[place] != null) {
            final Destination each = places[place];
            final ServiceKey service = each.service.config.key();
            if (each.addressWord0 == word0 && each.addressWord1 == word1 && each.realServer.config().port() == port
                && service.family() == family && (service.isFwmark() || service.protocol() == protocol)) {
                return each;
            }
            place = next(place);
        }
        return null;
    }

    private int place(final long word0, final long word1, final int port) {
        return (int)(((word0 * 31 + word1) * MULTIPLIER + port) * MULTIPLIER >>> 40) & places.length - 1;
    }

    private int next(final int place) {
        return place + 1 & places.length - 1;
    }
}
