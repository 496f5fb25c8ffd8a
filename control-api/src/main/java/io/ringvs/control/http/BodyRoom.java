package io.ringvs.control.http;

/**
 * What bodies of all clients together may take of the heap while they are received and read.
 *
 * <p><b>Threading:</b> control thread.
 */
final class BodyRoom {
    /** In bytes: for two of the longest, since what is read from one takes several times its length. */
    static final int MAX_BYTES = 2 * BoundedBody.MAX_BYTES;

    private int taken;

    /** Whether there was room for so many bytes more, which is taken then. */
    boolean take(final int bytes) {
        if (bytes > MAX_BYTES - taken) {
            return false;
        }
        taken += bytes;
        return true;
    }

    void giveBack(final int bytes) {
        taken -= bytes;
    }
}
