package io.ringvs.conntab;

/** Reads the rows in which the state machines are written down: two-letter state names separated by one space. */
final class StateRows {
    private StateRows() {
    }

    /** Enters one event's row: the word at position s is the state that follows state s. */
    static void fill(
        final byte[] table, final int direction, final int event, final String row, final String shortNames) {
        for (int state = 0; state * 3 < row.length(); state++) {
            final String next = row.substring(state * 3, state * 3 + 2);
            table[ConnectionStates.index(direction, event, state)] = (byte) (shortNames.indexOf(next) / 3);
        }
    }
}
