package io.ringvs.fastpath;

/**
 * Takes frames that IPVS leaves to the host, and gives them to the kernel's stack.
 *
 * <p><b>Threading:</b> one worker.
 */
public interface HostPath {
    /**
     * Hands a frame over. It is read before the method returns; afterwards it is used again.
     *
     * @param pointer to the frame's first byte, as it was received
     * @param length  in bytes
     * @return whether the host takes it
     */
    boolean accept(long pointer, int length);
}
