package io.ringvs.director;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.ringvs.control.ReplySource;
import io.ringvs.control.Steering;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.MarkRules;
import io.ringvs.xdp.SteeringEntry;
import io.ringvs.xdp.SteeringMap;
import io.ringvs.xdp.SteeringPrefix;
import io.ringvs.xdp.XdpException;

/**
 * Keeps the steering map in step with the virtual services and the rules for firewall marks.
 *
 * <p>Services of a protocol that the program does not know are not steered: their frames stay with the kernel.
 *
 * <p><b>Threading:</b> control thread.
 */
final class SteeringMapUpdate implements Steering {
    private final SteeringMap map;
    private final Set<SteeringEntry> services = new HashSet<>();
    private Set<SteeringEntry> marked = Set.of();
    private Set<SteeringEntry> local = Set.of();
    private Set<SteeringEntry> kept = Set.of();
    private Set<SteeringEntry> tunnelEnds = Set.of();
    private Set<SteeringEntry> localServers = Set.of();

    SteeringMapUpdate(final SteeringMap map) {
        this.map = map;
    }

    @Override
    public void add(final Collection<ServiceKey> keys) {
        final List<SteeringEntry> entries =
            keys.stream().filter(SteeringMapUpdate::isSteered).map(SteeringMapUpdate::entry).toList();
        put(entries);
        services.addAll(entries);
    }

    @Override
    public void remove(final Collection<ServiceKey> keys) {
        for (final ServiceKey service : keys) {
            if (isSteered(service) && services.remove(entry(service)) && holders(entry(service)) == 0) {
                map.remove(entry(service));
            }
        }
    }

    @Override
    public void marked(final Collection<MarkRules.Steered> wanted) {
        final Set<SteeringEntry> entries = new HashSet<>();
        final Set<SteeringPrefix> prefixes = new HashSet<>();
        for (final MarkRules.Steered each : wanted) {
            final IpAddress address = each.destination().address();
            if (each.destination().isHost()) {
                entries.add(
                    entry(SteeringEntry.Direction.TO_SERVICE, address, each.protocol(), each.port()));
            } else {
                prefixes.add(new SteeringPrefix(address.family().ipVersion(), address.word0(), address.word1(),
                    each.destination().length(), each.protocol()));
            }
        }
        final Set<SteeringPrefix> before = map.prefixes();
        map.prefixes(prefixes);
        try {
            marked = replace(marked, entries);
        } catch (final XdpException e) {
            map.prefixes(before);
            throw e;
        }
    }

    @Override
    public void addAnswers(final Collection<ReplySource> sources) {
        put(sources.stream().map(SteeringMapUpdate::entry).toList());
    }

    @Override
    public void removeAnswers(final Collection<ReplySource> sources) {
        sources.forEach(each -> map.remove(entry(each)));
    }

    @Override
    public void hostAddresses(final Set<IpAddress> addresses) {
        final Set<SteeringEntry> wanted = new HashSet<>();
        addresses.forEach(each -> wanted.add(entry(SteeringEntry.Direction.TO_HOST, each, 0, 0)));
        kept = replace(kept, wanted);
    }

    @Override
    public void tunnelEnds(final Set<IpAddress> addresses) {
        final Set<SteeringEntry> wanted = new HashSet<>();
        addresses.forEach(each -> wanted.add(entry(
            SteeringEntry.Direction.TO_SERVICE, each, SteeringEntry.ERRORS_ONLY, 0)));
        tunnelEnds = replace(tunnelEnds, wanted);
    }

    @Override
    public void localAddresses(final Set<IpAddress> addresses) {
        final Set<SteeringEntry> wanted = new HashSet<>();
        for (final IpAddress address : addresses) {
            for (final int protocol : new int[] {IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP}) {
                wanted.add(entry(SteeringEntry.Direction.TO_SERVICE, address, protocol, 0));
            }
        }
        local = replace(local, wanted);
    }

    @Override
    public void localServers(final Set<ReplySource> sources) {
        final Set<SteeringEntry> wanted = new HashSet<>();
        sources.forEach(each -> wanted.add(
            entry(SteeringEntry.Direction.LOCAL_SERVER, each.address(), each.protocol(), each.port())));
        localServers = replace(localServers, wanted);
    }

    private Set<SteeringEntry> replace(final Set<SteeringEntry> present, final Set<SteeringEntry> wanted) {
        put(wanted);
        present.stream().filter(entry -> !wanted.contains(entry) && holders(entry) <= 1).forEach(map::remove);
        return wanted;
    }

    /** All of them or, if there is no room, none. */
    private void put(final Collection<SteeringEntry> entries) {
        final List<SteeringEntry> added = new ArrayList<>();
        try {
            for (final SteeringEntry entry : entries) {
                if (map.put(entry)) {
                    added.add(entry);
                }
            }
        } catch (final XdpException e) {
            added.forEach(map::remove);
            throw e;
        }
    }

    /** In how many of the sets that may have entries in common an entry is. */
    private long holders(final SteeringEntry entry) {
        return Stream.of(services, marked, local).filter(each -> each.contains(entry)).count();
    }

    private static boolean isSteered(final ServiceKey service) {
        return !service.isFwmark() && (service.protocol() == IpProtocol.TCP
            || service.protocol() == IpProtocol.UDP || service.protocol() == IpProtocol.SCTP);
    }

    private static SteeringEntry entry(final ServiceKey service) {
        return entry(
            SteeringEntry.Direction.TO_SERVICE, service.address(), service.protocol(), service.port());
    }

    private static SteeringEntry entry(final ReplySource source) {
        return entry(
            SteeringEntry.Direction.FROM_SERVER, source.address(), source.protocol(), source.port());
    }

    private static SteeringEntry entry(
        final SteeringEntry.Direction direction, final IpAddress address, final int protocol, final int port) {
        return new SteeringEntry(
            direction, address.family().ipVersion(), address.word0(), address.word1(), protocol, port);
    }
}
