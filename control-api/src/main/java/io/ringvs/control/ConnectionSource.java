package io.ringvs.control;

/** Where listings read the connections from: the connection table, while workers go on changing it. */
@FunctionalInterface
public interface ConnectionSource {
    /** A director without a packet path. */
    ConnectionSource NONE = () -> new Cursor() {
        @Override
        public ConnectionEntry next() {
            return null;
        }

        @Override
        public void close() {
        }
    };

    /** Begins to read. */
    Cursor open();

    /**
     * Goes through the connections once. Each one that lives all the while is shown once.
     *
     * <p><b>Threading:</b> control thread.
     */
    interface Cursor extends AutoCloseable {
        /** The next connection, or null after the last. */
        ConnectionEntry next();

        @Override
        void close();
    }
}
