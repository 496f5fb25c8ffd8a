package io.ringvs.ring;

/** How packets get between the interface and the UMEM. */
public enum XskMode {
    /** The device reads and writes the frames itself. */
    ZERO_COPY,
    /** The kernel copies each packet once. Works with every interface. */
    COPY
}
