package io.ringvs.fastpath;

/**
 * Finds the egress queue of an interface among those of a worker, which are few.
 *
 * <p><b>Threading:</b> one worker.
 */
final class EgressPorts {
    private final EgressQueue[] queues;
    private final int[] interfaceIndexes;

    /** @param queues of several ports of one interface the first is used */
    EgressPorts(final EgressQueue[] queues) {
        this.queues = queues.clone();
        interfaceIndexes = new int[queues.length];
        for (int i = 0; i < queues.length; i++) {
            interfaceIndexes[i] = queues[i].interfaceIndex();
        }
    }

    /** The queue of an interface, or null if the worker has no port on it. */
    EgressQueue find(final int interfaceIndex) {
        final int[] indexes = interfaceIndexes;
        for (int i = 0; i < indexes.length; i++) {
            if (indexes[i] == interfaceIndex) {
                return queues[i];
            }
        }
        return null;
    }

    /** Gives the frames of all queues to their TX rings and returns how many. */
    int flush() {
        int sent = 0;
        for (final EgressQueue queue : queues) {
            sent += queue.flush();
        }
        return sent;
    }

    /** Ends the duty cycle on all ports. */
    void finishCycle() {
        for (final EgressQueue queue : queues) {
            queue.finishCycle();
        }
    }
}
