package io.ringvs.conntab;

/**
 * The drop_packet defence: while memory is short, one in so many packets that would open a connection is dropped.
 *
 * <p><b>Threading:</b> one worker's.
 *
 * <p><b>Source:</b> ip_vs_todrop of Linux 6.1 {@code include/net/ip_vs.h}.
 */
final class DropPacket {
    private int rate;
    private int countdown;

    /** @param newRate one in so many, 0 for none */
    void rate(final int newRate) {
        rate = newRate;
    }

    boolean isToDrop() {
        if (rate == 0 || --countdown > 0) {
            return false;
        }
        countdown = rate;
        return true;
    }
}
