package io.ringvs.sched;

import java.util.function.IntUnaryOperator;

import io.ringvs.service.DestinationTable;

/**
 * twos: of two servers drawn at random, each with a probability as its weight, the one with fewer connections for its
 * weight.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_twos.c, 32-bit arithmetic included.
 */
final class PowerOfTwo extends Scheduler {
    private final ServerList servers;
    private final DestinationTable live;
    private final IntUnaryOperator random;
    /** For each position the sum of the weights up to and with it. */
    private final int[] weightUpTo;

    PowerOfTwo(final SchedulerSetup setup) {
        live = setup.live();
        servers = new ServerList(setup.servers(), setup.live());
        random = setup.random();
        weightUpTo = new int[servers.size()];
        int sum = 0;
        for (int position = 0; position < weightUpTo.length; position++) {
            sum += servers.weight(position);
            weightUpTo[position] = sum;
        }
    }

    @Override
    public int select(final SchedulingRequest request) {
        final int sum = usableWeight();
        if (sum <= 0) {
            return NO_DESTINATION;
        }
        // 0 to the sum inclusive, as in Linux; where int ends, the last number is left out
        final int bound = Math.max(sum, sum + 1);
        final int first = draw(random.applyAsInt(bound));
        final int second = draw(random.applyAsInt(bound));
        if (first == ServerList.HEAD || second == ServerList.HEAD) {
            return NO_DESTINATION; // the last usable server was overloaded meanwhile
        }
        final boolean secondIsBetter =
            servers.weight(second) * overhead(first) > servers.weight(first) * overhead(second);
        return servers.id(secondIsBetter ? second : first);
    }

    private int usableWeight() {
        if (!servers.hasThresholds()) {
            return weightUpTo.length == 0 ? 0 : weightUpTo[weightUpTo.length - 1];
        }
        int sum = 0;
        for (int position = 0; position < servers.size(); position++) {
            sum += servers.isUsable(position) ? servers.weight(position) : 0;
        }
        return sum;
    }

    private int draw(final int number) {
        if (!servers.hasThresholds()) {
            return firstReaching(Math.max(1, number));
        }
        int left = number;
        int lastUsable = ServerList.HEAD;
        for (int position = 0; position < servers.size(); position++) {
            if (servers.isUsable(position)) {
                lastUsable = position;
                left -= servers.weight(position);
                if (left <= 0) {
                    break;
                }
            }
        }
        return lastUsable;
    }

    private int firstReaching(final int number) {
        int low = 0;
        int high = weightUpTo.length - 1;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (weightUpTo[middle] >= number) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private int overhead(final int position) {
        final int id = servers.id(position);
        return Overhead.of(live.activeConnections(id), live.totalConnections(id));
    }
}
