package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.FtpPorts;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.SnapshotPublisher;

/**
 * What all workers of a director share with each other and with the control thread.
 *
 * <p>Worker numbers mean the same in all of it: in the publisher's epochs, the table's handles and the statistics'
 * rows.
 *
 * @param publisher    the rules
 * @param table        the connections
 * @param destinations live state of the real servers
 * @param statistics   packet counters
 * @param ftpPorts     where FTP is looked into
 */
public record DirectorState(
    SnapshotPublisher publisher, ConnectionTable table, DestinationTable destinations, Statistics statistics,
    FtpPorts ftpPorts) {
    /** With FTP looked into where Linux does without being told. */
    public DirectorState(
        final SnapshotPublisher publisher, final ConnectionTable table, final DestinationTable destinations,
        final Statistics statistics) {
        this(publisher, table, destinations, statistics, FtpPorts.DEFAULT);
    }
}
