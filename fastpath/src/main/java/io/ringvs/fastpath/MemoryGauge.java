package io.ringvs.fastpath;

/** Tells how much memory is left, for the defences that act by themselves. */
@FunctionalInterface
public interface MemoryGauge {
    /** Free memory in pages of 4 KiB. */
    long availablePages();
}
