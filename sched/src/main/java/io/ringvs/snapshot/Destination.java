package io.ringvs.snapshot;

import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.RealServer;

/**
 * A configured real server as a packet of an existing connection needs it: the way to it, and where to count the
 * packet.
 *
 * <p>One object per destination id, so that one load from the id that a connection holds leads to everything.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class Destination {
    /** Row in {@link io.ringvs.service.DestinationTable}. */
    public final int id;
    /** Row in {@link io.ringvs.service.Statistics}. */
    public final int statisticsRow;
    /** Row of the service it belongs to. */
    public final int serviceStatisticsRow;
    /** Wire words of its address. */
    public final long addressWord0;
    public final long addressWord1;
    public final Adjacency adjacency;
    /** What its packets get around them if they go through a tunnel. */
    public final Encapsulation encapsulation;
    public final RealServer realServer;
    public final VirtualService service;

    Destination(
        final RealServer realServer, final VirtualService service, final Adjacency adjacency,
        final IpvsSettings settings, final PathMtus paths) {
        this.id = realServer.id();
        this.statisticsRow = realServer.statisticsRow();
        this.serviceStatisticsRow = service.statisticsRow;
        this.addressWord0 = realServer.config().address().word0();
        this.addressWord1 = realServer.config().address().word1();
        this.adjacency = adjacency;
        this.encapsulation = Encapsulation.of(
            service.config.key().family(), realServer.config(), adjacency, settings.pmtuDisc(),
            realServer.config().method() == ForwardingMethod.TUNNEL
                ? paths.of(realServer.config().address()) : PathMtu.UNUSED);
        this.realServer = realServer;
        this.service = service;
    }
}
