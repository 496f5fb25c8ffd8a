package io.ringvs.control;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.ringvs.service.FtpPorts;
import io.ringvs.service.IpAddress;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.SnapshotPublisher;

/**
 * Publishes the rules as snapshots. Frames of a new service are steered to the workers before they get the snapshot
 * that has it; frames of a removed one go to the host once no worker knows it any more. A worker that gets a frame of
 * a service it does not know yet hands it to the host, as would have happened a moment before.
 *
 * <p><b>Threading:</b> control thread; it never waits for a worker.
 */
public final class SnapshotRulePublisher implements RulePublisher {
    private final RuleSet rules;
    private final Supplier<Snapshot> compiler;
    private final SnapshotPublisher publisher;
    private final Steering steering;
    /** Services of the newest snapshot. */
    private final Set<ServiceKey> published = new HashSet<>();
    /** As what the frames of services come to the workers: of those published, and of those removed a moment ago. */
    private final Set<ServiceKey> steered = new HashSet<>();
    private final FtpPorts ftpPorts;
    /** Whose answers come to the workers: those of the newest snapshot, and those of older ones that may be in use. */
    private final Set<ReplySource> answering = new HashSet<>();
    /** Addresses of the host at which tunnels of the newest snapshot begin. */
    private Set<IpAddress> tunnelEnds = Set.of();
    /** Where real servers of the newest snapshot answer from that are this host. */
    private Set<ReplySource> localServers = Set.of();
    private Set<IpAddress> steeredLocalAddresses = Set.of();
    private final Deque<Passage> passages = new ArrayDeque<>();

    /** @param compiler makes the snapshot of the rules as they are */
    public SnapshotRulePublisher(
        final RuleSet rules, final Supplier<Snapshot> compiler, final SnapshotPublisher publisher,
        final Steering steering) {
        this.rules = rules;
        this.compiler = compiler;
        this.publisher = publisher;
        this.steering = steering;
        this.ftpPorts = rules.ftpPorts();
    }

    @Override
    public Publication publish() {
        final List<ServiceKey> added = new ArrayList<>();
        final List<ServiceKey> removed = new ArrayList<>();
        for (final ServiceKey key : rules.changedKeys()) {
            if (rules.service(key) == null) {
                removed.add(key);
            } else {
                added.add(key);
            }
        }
        final Set<ServiceKey> unsteered = new HashSet<>();
        added.forEach(key -> unsteered.add(ftpPorts.steered(key)));
        unsteered.removeAll(steered);
        if (!unsteered.isEmpty()) {
            steering.add(unsteered);
            steered.addAll(unsteered);
        }
        final List<ReplySource> silent = steerNewAnswers();
        steerLocalAddresses();
        removed.removeIf(key -> !published.remove(key));
        published.addAll(added);
        rules.changedKeys().clear();
        final Snapshot snapshot = compiler.get();
        final Set<IpAddress> ends = snapshot.tunnelEnds();
        if (!tunnelEnds.equals(ends)) {
            steering.tunnelEnds(ends);
            tunnelEnds = ends;
        }
        final Set<ReplySource> local = rules.replySources().local(snapshot.localServers());
        if (!localServers.equals(local)) {
            steering.localServers(local);
            localServers = local;
        }
        final long epoch = publisher.publish(snapshot);
        passages.add(new Passage(epoch, removed, silent));
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
            final Passage passage = passages.removeFirst();
            final Set<ServiceKey> gone = new HashSet<>();
            passage.removed.forEach(key -> gone.add(ftpPorts.steered(key)));
            gone.removeIf(key -> ftpPorts.steeredBy(key).stream().anyMatch(published::contains));
            if (!gone.isEmpty()) {
                steering.remove(gone);
                steered.removeAll(gone);
            }
            final List<ReplySource> silent = passage.silent;
            silent.removeIf(rules.replySources()::contains);
            if (!silent.isEmpty()) {
                steering.removeAnswers(silent);
                silent.forEach(answering::remove);
            }
        }
        if (passages.isEmpty()) {
            steerLocalAddresses();
        }
    }

    /** The rules keep an address until no connection uses it, and forget it only when no worker could. */
    private void steerLocalAddresses() {
        final Set<IpAddress> wanted =
            rules.localAddresses().stream().map(LocalAddress::address).collect(Collectors.toSet());
        if (!steeredLocalAddresses.equals(wanted)) {
            steering.localAddresses(wanted);
            steeredLocalAddresses = wanted;
        }
    }

    /** Steers answers that the rules now have; returns those that they have no more. */
    private List<ReplySource> steerNewAnswers() {
        final List<ReplySource> added = new ArrayList<>();
        final List<ReplySource> silent = new ArrayList<>();
        for (final ReplySource source : rules.replySources().changed()) {
            if (!rules.replySources().contains(source)) {
                silent.add(source);
            } else if (!answering.contains(source)) {
                added.add(source);
            }
        }
        if (!added.isEmpty()) {
            steering.addAnswers(added);
            answering.addAll(added);
        }
        rules.replySources().changed().clear();
        return silent;
    }

    private record Passage(long epoch, List<ServiceKey> removed, List<ReplySource> silent) {
    }
}
