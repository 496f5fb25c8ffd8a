package io.ringvs.director;

import io.ringvs.conntab.TableMemory;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the connection table fresh anonymous pages, huge ones where the kernel can.
 *
 * <p>What is visited at random is there before the first packet comes: the first touch of a huge page takes the kernel
 * as long as some hundred packets take a worker, and random flows touch all of them in the first moments. What may
 * never be used costs memory only as it is touched.
 *
 * <p><b>Threading:</b> the starting and ending thread.
 */
final class MappedMemory implements TableMemory {
    private static final Logger LOGGER = LoggerFactory.getLogger(MappedMemory.class);

    @Override
    public long reserveZeroed(final long length) {
        final long region = map(length);
        try {
            LinuxCalls.madvise(region, length, LinuxCalls.MADV_HUGEPAGE);
        } catch (final NativeCallException e) {
            LOGGER.warn("The connection table is in small pages, which is slower: {}", e.getMessage());
        }
        try {
            LinuxCalls.madvise(region, length, LinuxCalls.MADV_POPULATE_WRITE);
        } catch (final NativeCallException e) {
            release(region, length);
            throw tooLarge(length, e);
        }
        return region;
    }

    /** Without huge pages: much of the region may never be touched. */
    @Override
    public long reserve(final long length) {
        return map(length);
    }

    @Override
    public void release(final long address, final long length) {
        LinuxCalls.munmap(address, pages(length));
    }

    private static long map(final long length) {
        final long wanted = pages(length);
        final long mapped;
        try {
            mapped = LinuxCalls.mmap(0, wanted + HUGE_PAGE, LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE,
                LinuxCalls.MAP_PRIVATE | LinuxCalls.MAP_ANONYMOUS, -1, 0);
        } catch (final NativeCallException e) {
            throw tooLarge(length, e);
        }
        final long region = mapped + HUGE_PAGE - 1 & -HUGE_PAGE;
        if (region != mapped) {
            LinuxCalls.munmap(mapped, region - mapped);
        }
        LinuxCalls.munmap(region + wanted, mapped + HUGE_PAGE - region);
        return region;
    }

    private static IllegalStateException tooLarge(final long length, final NativeCallException cause) {
        return new IllegalStateException("the connection table needs " + (length >> 20)
            + " MiB, which this machine does not give; lower --max-connections", cause);
    }

    private static long pages(final long length) {
        final long page = LinuxCalls.pageSize();
        return length + page - 1 & -page;
    }
}
