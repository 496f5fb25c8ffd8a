package io.ringvs.control.adm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * The order of listings. Addresses and marks compare by the sign of a 32-bit difference, which is no order at all for
 * values far apart, so the result depends on the algorithm: it is the merge sort of the C library's qsort.
 *
 * <p><b>Source:</b> ipvsadm 1.31's listings; the GNU C library's qsort(3).
 */
final class ServiceOrder {
    private static final int IPV6_WORDS = 4;

    private static final Comparator<ConfiguredService> SERVICES = (left, right) -> {
        int difference = left.key().fwmark() - right.key().fwmark();
        if (difference == 0) {
            difference = left.key().family().socketFamily() - right.key().family().socketFamily();
        }
        if (difference == 0) {
            difference = left.key().protocol() - right.key().protocol();
        }
        if (difference == 0) {
            difference = addresses(left.key().address(), right.key().address());
        }
        return difference != 0 ? difference : left.key().port() - right.key().port();
    };

    private static final Comparator<ConfiguredDestination> DESTINATIONS = (left, right) -> {
        final int difference = addresses(left.config().address(), right.config().address());
        return difference != 0 ? difference : left.config().port() - right.config().port();
    };

    private ServiceOrder() {
    }

    static List<ConfiguredService> sortedServices(final List<ConfiguredService> services) {
        return sort(services, SERVICES);
    }

    static List<ConfiguredDestination> sortedDestinations(final List<ConfiguredDestination> destinations) {
        return sort(destinations, DESTINATIONS);
    }

    /** The family of the left address decides how many words count. */
    private static int addresses(final IpAddress left, final IpAddress right) {
        final int words = left.family() == Family.IPV6 ? IPV6_WORDS : 1;
        int difference = 0;
        for (int word = 0; word < words && difference == 0; word++) {
            difference = left.bigEndianWord(word) - right.bigEndianWord(word);
        }
        return difference;
    }

    private static <T> List<T> sort(final List<T> items, final Comparator<T> comparator) {
        if (items.size() < 2) {
            return items;
        }
        final int half = items.size() / 2;
        final List<T> left = sort(items.subList(0, half), comparator);
        final List<T> right = sort(items.subList(half, items.size()), comparator);
        final List<T> merged = new ArrayList<>(items.size());
        int l = 0;
        int r = 0;
        while (l < left.size() && r < right.size()) {
            merged.add(comparator.compare(left.get(l), right.get(r)) <= 0 ? left.get(l++) : right.get(r++));
        }
        merged.addAll(left.subList(l, left.size()));
        merged.addAll(right.subList(r, right.size()));
        return merged;
    }
}
