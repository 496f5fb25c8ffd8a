package io.ringvs.service;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * An address of the host from which real servers are spoken to (FULLNAT), with its ports.
 *
 * <p>A port may be used towards several servers at a time, as long as no two connections have both port and server in
 * common. So the servers are divided into {@link #GROUPS} by a hash, and each group has all the ports.
 *
 * <p>A port that was taken is a <em>local end</em>: one word from which address, group and port are read.
 *
 * <pre>
 *   0  port u16, network order as natively loaded     16  group 4 bits     20  id of the address 12 bits
 * </pre>
 *
 * <p><b>Threading:</b> workers take and free ports; the rest belongs to the control thread, the counters to anybody.
 */
public final class LocalAddress {
    /** No local end. No port is 0, so no local end is. */
    public static final int NONE = 0;

    static final int MAX_ADDRESSES = 1 << 12;
    static final int GROUPS = 16;
    private static final int GROUP_SHIFT = 16;
    private static final int ID_SHIFT = 20;
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final IpAddress address;
    private final int id;
    private final int workers;
    /** Made as they are needed, 8 KiB each. */
    private final AtomicReferenceArray<LocalPorts> groups = new AtomicReferenceArray<>(GROUPS);
    private final AtomicLong refusals = new AtomicLong();
    /** How many services use it; the control thread's. */
    private int users;

    LocalAddress(final IpAddress address, final int id, final int workers) {
        this.address = address;
        this.id = id;
        this.workers = workers;
    }

    public IpAddress address() {
        return address;
    }

    int id() {
        return id;
    }

    /**
     * Takes a port that no other connection uses towards this server.
     *
     * @param word0 first wire word of the server's address
     * @param port  at the server, network order as natively loaded
     * @return the local end, or {@link #NONE} when all ports are in use, which is counted
     */
    public int take(final int worker, final long word0, final long word1, final short port, final int protocol) {
        final int group = group(word0, word1, port, protocol);
        final int taken = ports(group).take(worker);
        if (taken == LocalPorts.NONE) {
            refusals.incrementAndGet();
            return NONE;
        }
        return id << ID_SHIFT | group << GROUP_SHIFT | Short.reverseBytes((short) taken) & 0xffff;
    }

    private static int group(final long word0, final long word1, final short port, final int protocol) {
        final long mixed =
            (word0 ^ Long.rotateLeft(word1, 31) ^ (port & 0xffffL) << 40 ^ (long) protocol << 32) * MULTIPLIER;
        return (int) (mixed >>> 60);
    }

    private LocalPorts ports(final int group) {
        final LocalPorts present = groups.get(group);
        if (present != null) {
            return present;
        }
        final LocalPorts made = new LocalPorts(workers);
        final LocalPorts other = groups.compareAndExchange(group, null, made);
        return other == null ? made : other;
    }

    void free(final int localEnd) {
        groups.get(localEnd >>> GROUP_SHIFT & GROUPS - 1).free(Short.reverseBytes((short) localEnd) & 0xffff);
    }

    static int idOf(final int localEnd) {
        return localEnd >>> ID_SHIFT;
    }

    /** The port of a local end, network order as natively loaded. */
    public static short portOf(final int localEnd) {
        return (short) localEnd;
    }

    /** Connections that have a port of this address. */
    public int connections() {
        int sum = 0;
        for (int group = 0; group < GROUPS; group++) {
            final LocalPorts ports = groups.get(group);
            sum += ports == null ? 0 : ports.used();
        }
        return sum;
    }

    /** How often a connection found all ports towards its server in use. */
    public long refusals() {
        return refusals.get();
    }

    /** Whether, at this moment, all ports towards some servers are in use. */
    public boolean isExhausted() {
        for (int group = 0; group < GROUPS; group++) {
            final LocalPorts ports = groups.get(group);
            if (ports != null && ports.used() == LocalPorts.COUNT) {
                return true;
            }
        }
        return false;
    }

    void used(final int change) {
        users += change;
    }

    boolean isUsed() {
        return users != 0;
    }
}
