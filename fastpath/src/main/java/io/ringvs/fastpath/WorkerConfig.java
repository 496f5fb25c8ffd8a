package io.ringvs.fastpath;

/**
 * How a worker runs.
 *
 * @param number    its number among the workers, from 0
 * @param cpu       the processor it is bound to, or {@link #ANY_CPU}
 * @param batchSize packets it treats together at most
 */
public record WorkerConfig(int number, int cpu, int batchSize) {
    /** Not bound to a processor. */
    public static final int ANY_CPU = -1;
    /** Packets: enough for the memory misses to overlap, few enough to stay in the first-level cache. */
    public static final int DEFAULT_BATCH_SIZE = 64;
    /** Packets. */
    public static final int MAX_BATCH_SIZE = 1024;

    public WorkerConfig {
        if (number < 0) {
            throw new IllegalArgumentException("a worker's number must not be negative, but is " + number);
        }
        if (cpu < ANY_CPU) {
            throw new IllegalArgumentException("a worker's processor must be 0 or more, or -1 for any, not " + cpu);
        }
        if (batchSize < 1 || batchSize > MAX_BATCH_SIZE) {
            throw new IllegalArgumentException(
                "the batch size must be from 1 to " + MAX_BATCH_SIZE + " packets, not " + batchSize);
        }
    }

    /** A worker of the default batch size on any processor. */
    public static WorkerConfig of(final int number) {
        return new WorkerConfig(number, ANY_CPU, DEFAULT_BATCH_SIZE);
    }
}
