package io.ringvs.ring;

import io.ringvs.linux.LinuxCalls;

/** One ring of a socket, mapped into this process. */
record RingMapping(long pointer, long lengthBytes) {
    static RingMapping map(final int fd, final long pageOffset, final long lengthBytes) {
        final long pointer = LinuxCalls.mmap(0, lengthBytes, LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE,
            LinuxCalls.MAP_SHARED | LinuxCalls.MAP_POPULATE, fd, pageOffset);
        return new RingMapping(pointer, lengthBytes);
    }

    static void unmapAll(final RingMapping[] mappings) {
        for (int i = 0; i < mappings.length; i++) {
            if (mappings[i] != null) {
                LinuxCalls.munmap(mappings[i].pointer, mappings[i].lengthBytes);
                mappings[i] = null;
            }
        }
    }
}
