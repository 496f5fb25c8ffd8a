package io.ringvs.sched;

import io.ringvs.service.ServiceFlags;

/**
 * sh: the client's address decides, with sh-port its port too.
 *
 * <p>256 buckets are dealt to the servers in list order, to each as many in a row as its weight says but at least one.
 * When the bucket's server is quiesced or overloaded nothing is chosen, or with sh-fallback the next usable one by
 * rising offset.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_sh.c.
 */
final class SourceHash extends Scheduler {
    private static final int BUCKET_BITS = 8;
    private static final int BUCKETS = 1 << BUCKET_BITS;

    private final ServerList servers;
    private final boolean fallback;
    private final boolean hashPort;
    /** Position of each bucket's server. */
    private final int[] buckets;

    SourceHash(final SchedulerSetup setup) {
        servers = new ServerList(setup.servers(), setup.live());
        fallback = (setup.service().flags() & ServiceFlags.SCHEDULER_1) != 0;
        hashPort = (setup.service().flags() & ServiceFlags.SCHEDULER_2) != 0;
        buckets = deal(servers);
    }

    @Override
    public int select(final SchedulingRequest request) {
        if (servers.size() == 0) {
            return NO_DESTINATION;
        }
        final int port = hashPort ? AddressHash.portOf(request) : 0;
        final int address = AddressHash.fold(request.family, request.clientWord0, request.clientWord1);
        final int hash = AddressHash.hash32(port + address, BUCKET_BITS);
        final int position = buckets[hash];
        if (servers.isUsable(position)) {
            return servers.id(position);
        }
        return fallback ? nextUsable(hash) : NO_DESTINATION;
    }

    /** Linux adds the hash twice: the search begins at bucket 2 * hash. */
    private int nextUsable(final int hash) {
        for (int offset = 0; offset < BUCKETS; offset++) {
            final int position = buckets[offset + hash + hash & BUCKETS - 1];
            if (servers.isUsable(position)) {
                return servers.id(position);
            }
        }
        return NO_DESTINATION;
    }

    private static int[] deal(final ServerList servers) {
        final int[] buckets = new int[BUCKETS];
        int position = 0;
        int dealt = 0;
        for (int bucket = 0; bucket < BUCKETS && servers.size() > 0; bucket++) {
            buckets[bucket] = position;
            if (++dealt >= servers.weight(position)) {
                position = (position + 1) % servers.size();
                dealt = 0;
            }
        }
        return buckets;
    }
}
