package io.ringvs.director;

import io.ringvs.conntab.TableMemory;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;

/**
 * Gives the connection table fresh anonymous pages, huge ones where the kernel can: zero already, and costing memory
 * only as they are touched.
 *
 * <p><b>Threading:</b> the starting and ending thread.
 */
final class MappedMemory implements TableMemory {
    @Override
    public long reserveZeroed(final long length) {
        final long region = map(length);
        try {
            LinuxCalls.madvise(region, length, LinuxCalls.MADV_HUGEPAGE);
        } catch (final NativeCallException e) {
            // a kernel built without transparent huge pages answers EINVAL; small pages serve as well, only slower
            return region;
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
            throw new IllegalStateException("the connection table needs " + (length >> 20)
                + " MiB, which this machine does not give; lower --max-connections", e);
        }
        final long region = mapped + HUGE_PAGE - 1 & -HUGE_PAGE;
        if (region != mapped) {
            LinuxCalls.munmap(mapped, region - mapped);
        }
        LinuxCalls.munmap(region + wanted, mapped + HUGE_PAGE - region);
        return region;
    }

    private static long pages(final long length) {
        final long page = LinuxCalls.pageSize();
        return length + page - 1 & -page;
    }
}
