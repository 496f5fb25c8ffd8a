package io.ringvs.ring;

import org.agrona.UnsafeApi;

/** Gives back the frames that the kernel has sent. */
public final class CompletionRing extends ConsumerRing {
    public CompletionRing(final RingMemory memory) {
        super(memory);
    }

    /** Address in the i-th entry, as it was given to the TX ring: anywhere in its frame. */
    public long address(final int i) {
        return UnsafeApi.getLong(entries + ((long)((consumer + i) & mask) << RingMemory.ADDRESS_SHIFT));
    }
}
