package io.ringvs.control.http;

import io.ringvs.control.Counters;

/**
 * Counters, which move every 2 s as in Linux, or their rates a second.
 *
 * @param connections made
 * @param inPackets   from clients
 * @param outPackets  from real servers
 * @param inBytes     from clients
 * @param outBytes    from real servers
 */
record CountersDocument(long connections, long inPackets, long outPackets, long inBytes, long outBytes) {
    static CountersDocument values(final Counters counters) {
        return new CountersDocument(counters.value(Counters.CONNECTIONS), counters.value(Counters.IN_PACKETS),
            counters.value(Counters.OUT_PACKETS), counters.value(Counters.IN_BYTES),
            counters.value(Counters.OUT_BYTES));
    }

    static CountersDocument rates(final Counters counters) {
        return new CountersDocument(counters.rate(Counters.CONNECTIONS), counters.rate(Counters.IN_PACKETS),
            counters.rate(Counters.OUT_PACKETS), counters.rate(Counters.IN_BYTES), counters.rate(Counters.OUT_BYTES));
    }
}
