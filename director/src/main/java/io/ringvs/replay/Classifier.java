package io.ringvs.replay;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.ringvs.control.ReplySource;
import io.ringvs.control.Steering;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.MarkRules;
import io.ringvs.xdp.SteeringEntry;
import io.ringvs.xdp.SteeringEntry.Direction;
import io.ringvs.xdp.SteeringModel;
import io.ringvs.xdp.SteeringPrefix;

/** Decides which frames come to the workers and which stay with the host, for frames that no kernel receives. */
final class Classifier implements Steering {
    private final SteeringModel model = new SteeringModel();
    private Set<SteeringEntry> local = Set.of();
    private Set<SteeringEntry> tunnelEnds = Set.of();
    private Set<SteeringEntry> localServers = Set.of();

    @Override
    public void add(final Collection<ServiceKey> services) {
        services.stream().filter(key -> !key.isFwmark()).map(Classifier::entry).forEach(model::put);
    }

    @Override
    public void remove(final Collection<ServiceKey> services) {
        services.stream().filter(key -> !key.isFwmark()).map(Classifier::entry).forEach(model::remove);
    }

    @Override
    public void addAnswers(final Collection<ReplySource> sources) {
        sources.stream().map(Classifier::entry).forEach(model::put);
    }

    @Override
    public void removeAnswers(final Collection<ReplySource> sources) {
        sources.stream().map(Classifier::entry).forEach(model::remove);
    }

    @Override
    public void tunnelEnds(final Set<IpAddress> addresses) {
        tunnelEnds = replace(tunnelEnds, addresses.stream()
            .map(each -> entry(each, SteeringEntry.ERRORS_ONLY, 0)).collect(Collectors.toSet()));
    }

    @Override
    public void localAddresses(final Set<IpAddress> addresses) {
        local = replace(local, addresses.stream()
            .flatMap(each -> Stream.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP).map(
                protocol -> entry(each, protocol, 0)))
            .collect(Collectors.toSet()));
    }

    @Override
    public void localServers(final Set<ReplySource> sources) {
        localServers = replace(localServers, sources.stream().map(each -> entry(
            Direction.LOCAL_SERVER, each.address(), each.protocol(), each.port())).collect(Collectors.toSet()));
    }

    private Set<SteeringEntry> replace(final Set<SteeringEntry> present, final Set<SteeringEntry> wanted) {
        present.stream().filter(each -> !wanted.contains(each)).forEach(model::remove);
        wanted.forEach(model::put);
        return wanted;
    }

    @Override
    public void hostAddresses(final Set<IpAddress> addresses) {
        addresses.forEach(each -> model.put(entry(Direction.TO_HOST, each, 0, 0)));
    }

    /** Called once, before there are services. */
    @Override
    public void marked(final Collection<MarkRules.Steered> wanted) {
        final Set<SteeringPrefix> prefixes = new HashSet<>();
        for (final MarkRules.Steered each : wanted) {
            final IpAddress address = each.destination().address();
            if (each.destination().isHost()) {
                model.put(entry(Direction.TO_SERVICE, address, each.protocol(), each.port()));
            } else {
                prefixes.add(new SteeringPrefix(address.family().ipVersion(), address.word0(), address.word1(),
                    each.destination().length(), each.protocol()));
            }
        }
        model.prefixes(prefixes);
    }

    /**
     * Whether a frame stays with the host.
     *
     * @param mac of the interface that it came in by
     */
    boolean passes(final byte[] frame, final byte[] mac) {
        return model.verdict(frame, mac).isPassed();
    }

    /** Whether a frame that the host sends comes from a real server on it. */
    boolean isFromLocalServer(final byte[] frame) {
        return model.isFromLocalServer(frame);
    }

    private static SteeringEntry entry(final ServiceKey key) {
        return entry(key.address(), key.protocol(), key.port());
    }

    private static SteeringEntry entry(final ReplySource source) {
        return entry(Direction.FROM_SERVER, source.address(), source.protocol(), source.port());
    }

    private static SteeringEntry entry(final IpAddress address, final int protocol, final int port) {
        return entry(Direction.TO_SERVICE, address, protocol, port);
    }

    private static SteeringEntry entry(
        final Direction direction, final IpAddress address, final int protocol, final int port) {
        return new SteeringEntry(direction, address.family().ipVersion(), address.word0(),
            address.word1(), protocol, port);
    }
}
