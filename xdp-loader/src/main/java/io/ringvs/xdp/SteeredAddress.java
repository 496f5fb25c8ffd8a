package io.ringvs.xdp;

/** How many entries of each protocol one address has in one direction, and so the flags of its key. */
final class SteeredAddress {
    private final SteeringEntry.Direction direction;
    private final int family;
    private final long address0;
    private final long address1;
    private final int[] served = new int[SteeringLayout.PROTOCOLS];
    private final int[] anyPort = new int[SteeringLayout.PROTOCOLS];
    private int total;

    /** The address of an entry, itself not yet counted. */
    SteeredAddress(final SteeringEntry entry) {
        direction = entry.direction();
        family = entry.family();
        address0 = entry.address0();
        address1 = entry.address1();
    }

    void add(final SteeringEntry entry) {
        count(entry, 1);
    }

    void remove(final SteeringEntry entry) {
        count(entry, -1);
    }

    private void count(final SteeringEntry entry, final int step) {
        total += step;
        if (entry.protocol() != 0) {
            final int protocol = SteeringLayout.protocolIndex(entry.protocol());
            served[protocol] += step;
            anyPort[protocol] += entry.port() == 0 ? step : 0;
        }
    }

    boolean isEmpty() {
        return total == 0;
    }

    int flags() {
        int flags = SteeringLayout.ADDRESS_ICMP_ERRORS;
        for (int protocol = 0; protocol < SteeringLayout.PROTOCOLS; protocol++) {
            flags |= served[protocol] > 0 ? 1 << protocol : 0;
            flags |= anyPort[protocol] > 0 ? 1 << (protocol + SteeringLayout.ANY_PORT_SHIFT) : 0;
        }
        return flags;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof SteeredAddress that && direction == that.direction && family == that.family
            && address0 == that.address0 && address1 == that.address1;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(address0) + Long.hashCode(address1)) + 3 * family + direction.ordinal();
    }
}
