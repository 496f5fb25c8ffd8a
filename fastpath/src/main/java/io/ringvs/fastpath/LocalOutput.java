package io.ringvs.fastpath;

/**
 * What real servers on the director itself send on one interface: frames that the host would have put on the wire, and
 * that need the address and port that clients know.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> the hook LOCAL_OUT of Linux IPVS.
 */
public interface LocalOutput {
    /** Kernel's index of the interface that the frames were to leave by. */
    int interfaceIndex();

    /**
     * Takes the next frame, from the destination MAC address on, with tags and complete checksums.
     *
     * @param pointer where it is written
     * @param room    bytes there; a longer frame is lost
     * @return its length in bytes, or 0 if there is none now
     */
    int read(long pointer, int room);
}
