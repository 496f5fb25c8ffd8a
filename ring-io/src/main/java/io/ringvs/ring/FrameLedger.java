package io.ringvs.ring;

import java.util.ArrayList;
import java.util.List;
import org.agrona.UnsafeApi;

/**
 * Finds where every frame of a UMEM is, and says which are nowhere or in two places.
 *
 * <pre>
 *     new FrameLedger(umem).stack(frames).rings("A", portA.rings()).rings("B", portB.rings())
 *         .held("batch", addresses, count).verify();
 * </pre>
 *
 * <p>Of a socket's rings it cannot see what the kernel holds behind them; there {@link Port#posted} and
 * {@link Port#underway} count.
 *
 * <p><b>Threading</b>: both sides of the rings stand still while it counts.
 *
 * <p><b>Errors</b>: {@link #verify} throws {@link IllegalStateException} with the frames concerned.
 */
public final class FrameLedger {
    private static final int MOST_COMPLAINTS = 8;

    private final Umem umem;
    private final List<List<String>> places;

    public FrameLedger(final Umem umem) {
        this.umem = umem;
        places = new ArrayList<>();
        for (int frame = 0; frame < umem.frameCount(); frame++) {
            places.add(new ArrayList<>(1));
        }
    }

    /** Counts the free frames. */
    public FrameLedger stack(final FrameStack frames) {
        for (int i = 0; i < frames.size(); i++) {
            enter("free stack", frames.frame(i));
        }
        return this;
    }

    /** Counts what lies in the four rings of a port of this name. */
    public FrameLedger rings(final String port, final PortRings rings) {
        ring(port + "'s fill ring", rings.fill().memory(), RingMemory.ADDRESS_BYTES);
        ring(port + "'s completion ring", rings.completion().memory(), RingMemory.ADDRESS_BYTES);
        ring(port + "'s RX ring", rings.rx().memory(), RingMemory.DESCRIPTOR_BYTES);
        ring(port + "'s TX ring", rings.tx().memory(), RingMemory.DESCRIPTOR_BYTES);
        return this;
    }

    /** Counts frames that someone holds in hand. */
    public FrameLedger held(final String holder, final long[] addresses, final int count) {
        for (int i = 0; i < count; i++) {
            enter(holder, addresses[i]);
        }
        return this;
    }

    private void ring(final String name, final RingMemory ring, final int entryBytes) {
        final int consumer = UnsafeApi.getInt(ring.consumer());
        final int occupied = UnsafeApi.getInt(ring.producer()) - consumer;
        if (occupied < 0 || occupied > ring.size()) {
            throw new IllegalStateException(name + " of " + ring.size() + " entries holds " + occupied);
        }
        for (int i = 0; i < occupied; i++) {
            enter(name, UnsafeApi.getLong(ring.entries() + (long)((consumer + i) & (ring.size() - 1)) * entryBytes));
        }
    }

    private void enter(final String place, final long address) {
        if (address < 0 || address >= umem.lengthBytes()) {
            throw new IllegalStateException(place + " holds address " + address + ", outside the UMEM");
        }
        places.get(umem.frameOf(address)).add(place);
    }

    /** Checks that each frame was counted exactly once. */
    public void verify() {
        final List<String> complaints = new ArrayList<>();
        for (int frame = 0; frame < places.size() && complaints.size() < MOST_COMPLAINTS; frame++) {
            final List<String> found = places.get(frame);
            if (found.size() != 1) {
                complaints.add("frame " + frame + " is " + (found.isEmpty() ? "nowhere" : "in " + found));
            }
        }
        if (!complaints.isEmpty()) {
            throw new IllegalStateException(String.join("; ", complaints));
        }
    }
}
