package io.ringvs.packet;

import io.ringvs.linux.LinuxCalls;

import org.agrona.UnsafeApi;

/** A page of memory before an unmapped one: who reads beyond what lies at its end ends the JVM. */
public final class GuardedPage {
    private final long length = LinuxCalls.pageSize();
    private final long start = LinuxCalls.mmap(0, 2 * length, LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE,
        LinuxCalls.MAP_PRIVATE | LinuxCalls.MAP_ANONYMOUS, -1, 0);

    public GuardedPage() {
        LinuxCalls.munmap(start + length, length);
    }

    /** Longest content, in bytes. */
    public int capacity() {
        return (int)length;
    }

    /** Puts bytes at the end of the page; returns the pointer to the first. */
    public long put(final byte[] bytes) {
        final long pointer = start + length - bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(pointer + i, bytes[i]);
        }
        return pointer;
    }

    public void unmap() {
        LinuxCalls.munmap(start, length);
    }
}
