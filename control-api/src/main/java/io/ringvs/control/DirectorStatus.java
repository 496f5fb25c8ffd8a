package io.ringvs.control;

import java.util.List;
import java.util.Map;

/**
 * How a director is at one moment: what {@code ringvs status}, the HTTP API and the metrics show, each in its own form.
 *
 * <p>Counts are since the start of the director. Names of verdicts, rings and modes are those of the parts that count.
 *
 * @param generation           number of the newest snapshot
 * @param generationAgeSeconds time since it was published
 * @param services             services in it
 * @param destinations         real servers of these services, one that serves several counted for each
 * @param connections          connections and templates in the table
 * @param maxConnections       room in the table
 * @param connectionsRefused   connections not opened because the table was full
 * @param defences             defences against floods
 * @param interfaces           interfaces with a steering program
 * @param sockets              AF_XDP sockets
 * @param workers              workers
 * @param localAddresses       addresses that FULLNAT connections come from
 */
public record DirectorStatus(
    long generation, double generationAgeSeconds, int services, int destinations, int connections,
    int maxConnections, long connectionsRefused, List<DefenceStatus> defences, List<InterfaceStatus> interfaces,
    List<SocketStatus> sockets, List<WorkerStatus> workers, List<LocalAddressStatus> localAddresses) {

    /**
     * A defence.
     *
     * @param mode      0 to 3, as its setting shows
     * @param secondsUp how long it was up
     * @param dropped   packets or connections it ended; 0 for secure_tcp, which ends none
     */
    public record DefenceStatus(String name, int mode, long secondsUp, long dropped) {
    }

    /**
     * An interface.
     *
     * @param description mode of the steering program, and why it is not a better one
     * @param frames      frames by verdict of the steering program
     */
    public record InterfaceStatus(String name, String description, Map<String, Long> frames) {
    }

    /**
     * The socket of one queue of an interface.
     *
     * @param description       queue, interface and mode, and why it is not a better one
     * @param rings             the four rings by name
     * @param rxDropped         frames the kernel dropped for other reasons than the next
     * @param rxRingFull        frames dropped because the worker did not keep up
     * @param fillRingEmpty     times that there was no frame to receive into
     * @param invalidDescriptors descriptors the kernel refused
     */
    public record SocketStatus(
        String interfaceName, int queue, String description, Map<String, RingStatus> rings, long rxDropped,
        long rxRingFull, long fillRingEmpty, long invalidDescriptors) {
    }

    /**
     * A ring.
     *
     * @param filled entries produced and not yet consumed
     * @param size   entries in all
     */
    public record RingStatus(int filled, int size) {
    }

    /**
     * A worker.
     *
     * @param packets       packets by verdict
     * @param handedToHost  packets given to the host's stack
     * @param failedWakeups system calls to wake the kernel up that failed
     * @param icmpErrors    ICMP errors made
     * @param fragmented    packets that were divided
     * @param optionsLeftOut packets without room for the option that tells a FULLNAT server the client's address
     * @param batches       at index n the batches of n packets
     * @param latency       how long forwarded packets stayed in the director
     */
    public record WorkerStatus(
        int number, Map<String, Long> packets, long handedToHost, long failedWakeups, long icmpErrors, long fragmented,
        long optionsLeftOut, List<Long> batches, LatencyStatus latency) {
    }

    /**
     * A local address.
     *
     * @param connections that have a port of it
     * @param refusals    connections that found all its ports towards their server in use
     * @param exhausted   whether that is so for some server at this moment
     */
    public record LocalAddressStatus(String address, int connections, long refusals, boolean exhausted) {
    }

    /**
     * A distribution of times.
     *
     * @param count       packets
     * @param sumSeconds  their times together
     * @param percentiles microseconds by name, such as p99.9 and max; empty without packets
     * @param buckets     packets by time, ascending; the last bucket is without bound
     */
    public record LatencyStatus(
        long count, double sumSeconds, Map<String, Double> percentiles, List<BucketStatus> buckets) {
    }

    /**
     * Packets that took longer than the bound of the bucket before this one, and at most this one's.
     *
     * @param upToSeconds null for the last
     */
    public record BucketStatus(Double upToSeconds, long count) {
    }
}
