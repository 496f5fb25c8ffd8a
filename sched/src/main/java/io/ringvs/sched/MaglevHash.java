package io.ringvs.sched;

import java.util.Arrays;

import io.ringvs.service.Family;
import io.ringvs.service.ServiceFlags;

/**
 * mh: the client's address decides, with mh-port its port too, by Maglev's consistent hashing: a server that comes or
 * goes moves few of the other servers' clients.
 *
 * <p>The lookup table is the same as in a Linux director with the same rules, so that both can stand behind one router.
 * It is made from the last weights that were not 0: quiescing a server moves nobody else. When a slot's server is
 * quiesced or overloaded nothing is chosen, or with mh-fallback the server of the next usable slot by rehashing.
 *
 * <p>Linux leaves the table as it is when a service has more servers than the table slots; here the newest of them get
 * no slots, which is the same unless servers are removed meanwhile.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_mh.c; Eisenbud and others, "Maglev: A Fast and Reliable Software Network Load
 * Balancer", section 3.4.
 */
final class MaglevHash extends Scheduler {
    /** Slots: the prime of Linux's default CONFIG_IP_VS_MH_TAB_INDEX, 12. */
    static final int TABLE_SIZE = 4093;
    /** Halves the bits of the weights that are used: Linux's index divided by 2. */
    private static final int WEIGHT_BITS = 6;

    static final long OFFSET_KEY = 2654435761L;
    static final long SKIP_KEY = 2654446892L;

    private final ServerList servers;
    private final boolean fallback;
    private final boolean hashPort;
    /** Position of each slot's server; empty when no server ever had a weight. */
    private final int[] slots;

    MaglevHash(final SchedulerSetup setup) {
        servers = new ServerList(setup.servers(), setup.live());
        fallback = (setup.service().flags() & ServiceFlags.SCHEDULER_1) != 0;
        hashPort = (setup.service().flags() & ServiceFlags.SCHEDULER_2) != 0;
        slots = new Table(setup).fill();
    }

    @Override
    public int select(final SchedulingRequest request) {
        if (slots.length == 0) {
            return NO_DESTINATION;
        }
        final int port = hashPort ? AddressHash.portOf(request) : 0;
        final int key = port + AddressHash.fold(request.family, request.clientWord0, request.clientWord1);
        final int slot = slot(key);
        final int position = slots[slot];
        if (servers.isUsable(position)) {
            return servers.id(position);
        }
        return fallback ? nextUsable(key, slot) : NO_DESTINATION;
    }

    /** The slot of a key. */
    static int slot(final int key) {
        return (int) (Integer.toUnsignedLong(SipHash.hash(key, OFFSET_KEY)) % TABLE_SIZE);
    }

    /** The servers by slot, for tests. */
    int[] idsBySlot() {
        return Arrays.stream(slots).map(servers::id).toArray();
    }

    private int nextUsable(final int key, final int first) {
        for (int offset = 0; offset < TABLE_SIZE; offset++) {
            final int position = slots[slot(key + (offset + first) % TABLE_SIZE)];
            if (servers.isUsable(position)) {
                return servers.id(position);
            }
        }
        return NO_DESTINATION;
    }

    /** Fills the table: round after round, each server takes its turns of free slots along its own permutation. */
    private static final class Table {
        /** Position in the list of the first server that gets slots. */
        private final int firstPosition;
        private final int[] next;
        private final int[] skip;
        private final int[] turns;

        Table(final SchedulerSetup setup) {
            firstPosition = Math.max(0, setup.servers().length - TABLE_SIZE);
            final int count = setup.servers().length - firstPosition;
            next = new int[count];
            skip = new int[count];
            turns = new int[count];
            int divisor = 0;
            int heaviest = 0;
            for (int i = 0; i < count; i++) {
                final int weight = setup.servers()[firstPosition + i].config().lastWeight();
                divisor = greatestCommonDivisor(divisor, weight);
                heaviest = Math.max(heaviest, weight);
            }
            for (int i = 0; i < count && divisor > 0; i++) {
                permute(i, setup, divisor, heaviest / divisor);
            }
        }

        private void permute(final int i, final SchedulerSetup setup, final int divisor, final int heaviest) {
            final var server = setup.servers()[firstPosition + i].config();
            // the family of the service, as in Linux: of a tunnelled IPv6 server behind an IPv4 service 4 bytes count
            final Family family = setup.service().key().family();
            final int key = server.port()
                + AddressHash.fold(family, server.address().word0(), server.address().word1());
            next[i] = slot(key);
            skip[i] = (int) (Integer.toUnsignedLong(SipHash.hash(key, SKIP_KEY)) % (TABLE_SIZE - 1)) + 1;
            final int bits = Integer.SIZE - Integer.numberOfLeadingZeros(heaviest);
            final int scaled = server.lastWeight() / divisor >> Math.max(0, bits - WEIGHT_BITS);
            turns[i] = scaled == 0 && server.lastWeight() != 0 ? 1 : scaled;
        }

        int[] fill() {
            if (Arrays.stream(turns).noneMatch(turn -> turn > 0)) {
                return new int[0];
            }
            final int[] slots = new int[TABLE_SIZE];
            Arrays.fill(slots, ServerList.HEAD);
            int filled = 0;
            for (int i = 0; filled < TABLE_SIZE; i = (i + 1) % turns.length) {
                for (int turn = 0; turn < turns[i] && filled < TABLE_SIZE; turn++) {
                    takeFreeSlot(slots, i);
                    filled++;
                }
            }
            return slots;
        }

        private void takeFreeSlot(final int[] slots, final int i) {
            int slot = next[i];
            while (slots[slot] != ServerList.HEAD) {
                slot += skip[i];
                if (slot >= TABLE_SIZE) {
                    slot -= TABLE_SIZE;
                }
            }
            slots[slot] = firstPosition + i;
            next[i] = slot;
        }

        private static int greatestCommonDivisor(final int a, final int b) {
            return b == 0 ? a : greatestCommonDivisor(b, a % b);
        }
    }
}
