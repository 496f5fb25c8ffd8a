package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;

import org.agrona.UnsafeApi;

/** Checks the invariants of the lines of a table that nobody changes meanwhile. */
final class IndexCheck {
    private IndexCheck() {
    }

    /**
     * Every live slot stands in its home line or in exactly one lane of its home's hop word; every lane leads to a slot
     * that is in use. Returns the number of live slots.
     */
    static int verify(final ConnectionTable table) {
        final FlowTable flows = table.flows();
        final Set<Integer> inLanes = new HashSet<>();
        for (int home = 0; home < flows.slots(); home++) {
            final long word = UnsafeApi.getLong(flows.line(home) + ConnectionLayout.HOP_WORD);
            for (int shift = 0; shift < 64; shift += 8) {
                final int lane = (int) (word >>> shift & 0xff);
                if (lane != 0) {
                    final int slot = flows.probe(home, lane & 0x3f);
                    assertTrue((lane & 0x3f) != 0, "a lane has a tag but no distance: home " + home);
                    assertTrue(inLanes.add(slot), "slot " + slot + " is in two lanes");
                    final int life = ConnectionLayout.life(table.control(slot));
                    assertEquals(ConnectionLayout.LIVE, life, "life of slot " + slot + " in a lane of " + home);
                }
            }
        }
        int live = 0;
        int displaced = 0;
        for (int slot = 0; slot < flows.slots(); slot++) {
            final int control = table.control(slot);
            if (ConnectionLayout.life(control) == ConnectionLayout.LIVE) {
                live++;
                final boolean isDisplaced = inLanes.contains(slot);
                displaced += isDisplaced ? 1 : 0;
                if ((ConnectionLayout.flags(control) & ConnectionFlags.EXTENDED) == 0) {
                    assertEquals(isDisplaced, flows.homeOf(slot) != slot, "slot " + slot);
                }
            }
        }
        assertEquals(inLanes.size(), displaced, "lanes that lead to live slots");
        assertEquals(table.size(), live, "live slots against the counters");
        return live;
    }
}
