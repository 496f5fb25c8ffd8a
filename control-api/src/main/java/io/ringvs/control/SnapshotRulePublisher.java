package io.ringvs.control;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.SnapshotPublisher;

/**
 * Publishes the rules as snapshots. Frames of a new service are steered to the workers before they get the snapshot that
 * has it; frames of a removed one go to the host once no worker knows it any more. So at no time is a frame of a service
 * steered to a worker that does not know the service, except for the moment between the two, when the worker hands it to
 * the host.
 *
 * <p><b>Threading:</b> control thread; it never waits for a worker.
 */
public final class SnapshotRulePublisher implements RulePublisher {
    private final RuleSet rules;
    private final Supplier<Snapshot> compiler;
    private final SnapshotPublisher publisher;
    private final Steering steering;
    /** Services of the newest snapshot. */
    private Set<ServiceKey> published = Set.of();
    /** Services whose frames come to the workers. */
    private final Set<ServiceKey> steered = new HashSet<>();
    private final Deque<Passage> passages = new ArrayDeque<>();

    /** @param compiler makes the snapshot of the rules as they are */
    public SnapshotRulePublisher(
        final RuleSet rules, final Supplier<Snapshot> compiler, final SnapshotPublisher publisher,
        final Steering steering) {
        this.rules = rules;
        this.compiler = compiler;
        this.publisher = publisher;
        this.steering = steering;
    }

    @Override
    public Publication publish() {
        final Set<ServiceKey> wanted = new HashSet<>();
        rules.services().forEach(service -> wanted.add(service.key()));
        final List<ServiceKey> added = difference(wanted, steered);
        if (!added.isEmpty()) {
            steering.add(added);
            steered.addAll(added);
        }
        final long epoch = publisher.publish(compiler.get());
        passages.add(new Passage(epoch, difference(published, wanted)));
        published = wanted;
        return () -> {
            settle();
            return passages.isEmpty() || passages.getFirst().epoch > epoch;
        };
    }

    /** Whether every worker uses the newest snapshot: what older ones referred to may be freed. */
    public boolean isSettled() {
        settle();
        return passages.isEmpty();
    }

    /** The first worker that has not taken over the newest snapshot, or -1. */
    public int laggard() {
        return passages.isEmpty() ? -1 : publisher.epochs().laggard(passages.getLast().epoch);
    }

    private void settle() {
        while (!passages.isEmpty() && publisher.epochs().passed(passages.getFirst().epoch)) {
            final List<ServiceKey> unwanted = difference(passages.getFirst().removed, published);
            if (!unwanted.isEmpty()) {
                steering.remove(unwanted);
                unwanted.forEach(steered::remove);
            }
            passages.removeFirst();
        }
    }

    private static List<ServiceKey> difference(final Collection<ServiceKey> all, final Set<ServiceKey> without) {
        final List<ServiceKey> rest = new ArrayList<>(all);
        rest.removeAll(without);
        return rest;
    }

    private record Passage(long epoch, List<ServiceKey> removed) {
    }
}
