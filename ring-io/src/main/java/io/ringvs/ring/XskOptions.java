package io.ringvs.ring;

/**
 * How a socket is to be set up.
 *
 * @param sizes          entries in its four rings
 * @param whyCopy        why copy mode is all that is wanted, for the operator; empty: zero-copy is tried before it
 * @param busyPollMicros how long a call may poll the device, in microseconds; 0 leaves the device to interrupts
 * @param busyPollBudget most packets a busy-polling call takes from the device
 */
public record XskOptions(RingSizes sizes, String whyCopy, int busyPollMicros, int busyPollBudget) {
    /** {@link RingSizes#DEFAULT}, zero-copy if it can be had, no busy polling. */
    public static final XskOptions DEFAULT = new XskOptions(RingSizes.DEFAULT, "", 0, 64);

    public XskOptions {
        if (busyPollMicros < 0) {
            throw new IllegalArgumentException("busy poll time must not be negative, but is " + busyPollMicros + " us");
        }
        if (busyPollBudget < 1 || busyPollBudget > 0xffff) {
            throw new IllegalArgumentException(
                "busy poll budget must be between 1 and 65535 packets, not " + busyPollBudget);
        }
    }

    /** The same with other ring sizes. */
    public XskOptions withSizes(final RingSizes newSizes) {
        return new XskOptions(newSizes, whyCopy, busyPollMicros, busyPollBudget);
    }

    /** The same without trying zero-copy, for a reason that the operator is told. */
    public XskOptions copyOnly(final String why) {
        return new XskOptions(sizes, why, busyPollMicros, busyPollBudget);
    }

    /** Whether zero-copy is tried before copy mode. */
    public boolean tryZeroCopy() {
        return whyCopy.isEmpty();
    }

    /** The same with busy polling of that many microseconds and packets a call. */
    public XskOptions withBusyPoll(final int micros, final int budget) {
        return new XskOptions(sizes, whyCopy, micros, budget);
    }
}
