package io.ringvs.bench;

import io.ringvs.conntab.TableMemory;
import io.ringvs.linux.LinuxCalls;

/**
 * Memory for a benchmark's connection table: fresh pages, huge ones where the machine has them; kept until the fork
 * ends.
 */
final class HugePages implements TableMemory {
    @Override
    public long reserveZeroed(final long length) {
        final long mapped = LinuxCalls.mmap(0, length + HUGE_PAGE, LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE,
            LinuxCalls.MAP_PRIVATE | LinuxCalls.MAP_ANONYMOUS, -1, 0);
        final long region = mapped + HUGE_PAGE - 1 & -HUGE_PAGE;
        LinuxCalls.madvise(region, length, LinuxCalls.MADV_HUGEPAGE);
        return region;
    }

    @Override
    public long reserve(final long length) {
        return LinuxCalls.mmap(0, length, LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE,
            LinuxCalls.MAP_PRIVATE | LinuxCalls.MAP_ANONYMOUS, -1, 0);
    }

    @Override
    public void release(final long address, final long length) {
        // the fork's end releases everything
    }
}
