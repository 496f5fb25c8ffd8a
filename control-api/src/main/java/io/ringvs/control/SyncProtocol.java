package io.ringvs.control;

/** Runs the connection synchronisation daemons that the rules allow. */
public interface SyncProtocol {
    /** A director without connection synchronisation: every start is refused. */
    SyncProtocol NONE = new SyncProtocol() {
        @Override
        public void start(final SyncDaemon daemon) throws RuleException {
            throw new RuleException(RuleError.NOT_SUPPORTED);
        }

        @Override
        public void stop(final SyncDaemon daemon) {
            throw new IllegalStateException("no daemon was started");
        }
    };

    /** @throws RuleException when the daemon cannot run */
    void start(SyncDaemon daemon) throws RuleException;

    void stop(SyncDaemon daemon);
}
