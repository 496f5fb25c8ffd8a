package io.ringvs.control;

/**
 * The connection timeouts that {@code --set} changes.
 *
 * @param tcpSeconds    TCP ESTABLISHED
 * @param tcpFinSeconds TCP FIN_WAIT
 * @param udpSeconds    UDP
 */
public record Timeouts(int tcpSeconds, int tcpFinSeconds, int udpSeconds) {
    /** What Linux starts with. */
    public static final Timeouts DEFAULTS = new Timeouts(900, 120, 300);

    /** Ticks a second of Debian's kernel: timeouts are kept in ticks, in 31 bits. */
    private static final int TICKS_PER_SECOND = 250;
    private static final int MAX_SECONDS = Integer.MAX_VALUE / TICKS_PER_SECOND;

    /**
     * These timeouts with those of {@code change} that are not 0.
     *
     * @throws RuleException INVALID when a value is negative or too large; all three are checked first
     */
    Timeouts changed(final Timeouts change) throws RuleException {
        for (final int seconds : new int[] {change.tcpSeconds, change.tcpFinSeconds, change.udpSeconds}) {
            if (seconds < 0 || seconds > MAX_SECONDS) {
                throw new RuleException(RuleError.INVALID);
            }
        }
        return new Timeouts(
            change.tcpSeconds == 0 ? tcpSeconds : change.tcpSeconds,
            change.tcpFinSeconds == 0 ? tcpFinSeconds : change.tcpFinSeconds,
            change.udpSeconds == 0 ? udpSeconds : change.udpSeconds);
    }
}
