package io.ringvs.conntab;

/**
 * What a packet does to its connection under the settings in force: the state it moves to, and how long it then lives.
 * The state machines and the timeouts in one table, so that a packet costs one load.
 *
 * <pre>
 *   step   state 0..31, timeout in ticks 32..63
 * </pre>
 *
 * <p><b>Threading:</b> one worker.
 */
final class StateSteps {
    private final long[] steps = new long[ConnectionStates.TABLE_LENGTH];
    private ProtocolTimeouts timeouts;
    private boolean secureTcp;

    /** Takes over the settings, if they are other ones than before. */
    void apply(final boolean secureTcpNow, final ProtocolTimeouts timeoutsNow) {
        if (secureTcpNow == secureTcp && timeoutsNow == timeouts) {
            return;
        }
        secureTcp = secureTcpNow;
        timeouts = timeoutsNow;
        for (int direction = ConnectionStates.INPUT; direction <= ConnectionStates.INPUT_ONLY; direction++) {
            for (int event = 0; event < ConnectionStates.EVENTS; event++) {
                fill(direction, event);
            }
        }
    }

    private void fill(final int direction, final int event) {
        for (int state = 0; state < ConnectionStates.STATES; state++) {
            final int next = ConnectionStates.next(secureTcp, direction, event, state);
            steps[ConnectionStates.index(direction, event, state)] =
                (long) timeouts.ticks(event, next) << Integer.SIZE | next;
        }
    }

    long of(final int direction, final int event, final int state) {
        return steps[ConnectionStates.index(direction, event, state) & ConnectionStates.TABLE_LENGTH - 1];
    }

    static int state(final long step) {
        return (int) step;
    }

    static int ticks(final long step) {
        return (int) (step >>> Integer.SIZE);
    }
}
