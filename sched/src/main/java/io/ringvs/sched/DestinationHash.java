package io.ringvs.sched;

import java.util.Arrays;

/**
 * dh: the packet's destination address decides; for caches behind a transparent director.
 *
 * <p>256 buckets are dealt to the servers in list order, whatever their weights. There is no second choice: when the
 * bucket's server is quiesced or overloaded, nothing is chosen.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_dh.c.
 */
final class DestinationHash extends Scheduler {
    private static final int BUCKET_BITS = 8;

    private final ServerList servers;
    /** Position of each bucket's server. */
    private final int[] buckets = new int[1 << BUCKET_BITS];

    DestinationHash(final SchedulerSetup setup) {
        servers = new ServerList(setup.servers(), setup.live());
        Arrays.setAll(buckets, bucket -> servers.size() == 0 ? ServerList.HEAD : bucket % servers.size());
    }

    @Override
    public int select(final SchedulingRequest request) {
        final int address = AddressHash.fold(request.family, request.virtualWord0, request.virtualWord1);
        final int position = buckets[AddressHash.hash32(address, BUCKET_BITS)];
        return position != ServerList.HEAD && servers.isUsable(position) ? servers.id(position) : NO_DESTINATION;
    }
}
