package io.ringvs.ring;

/**
 * What the kernel counts for a socket, in packets or descriptors since it was opened. All stay 0 in good health, but
 * for the two about empty rings, which also move when there is nothing to do.
 *
 * @param rxDropped            packets dropped for other reasons than the ones below, such as being too long for a frame
 * @param rxInvalidDescriptors fill ring entries that were no address in the UMEM
 * @param txInvalidDescriptors TX ring entries that were no packet in the UMEM
 * @param rxRingFull           packets dropped because the worker did not keep up
 * @param fillRingEmpty        times that there was no frame to receive into
 * @param txRingEmpty          times that the kernel looked at an empty TX ring
 */
public record XskStatistics(
    long rxDropped, long rxInvalidDescriptors, long txInvalidDescriptors, long rxRingFull, long fillRingEmpty,
    long txRingEmpty) {
}
