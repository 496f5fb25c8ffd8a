package io.ringvs.host;

import java.util.Set;

/**
 * What changed of this host that can lead a frame another way. A neighbour that merely went stale is no change.
 *
 * @param routing    whether links, addresses or routes changed: any frame may go another way
 * @param neighbours whose MACs became known, other ones or unknown: frames to them alone change
 */
public record HostChanges(boolean routing, Set<Neighbour.Key> neighbours) {
    static final HostChanges NONE = new HostChanges(false, Set.of());

    public boolean isEmpty() {
        return !routing && neighbours.isEmpty();
    }
}
