package io.ringvs.control;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.FtpPorts;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Destination;

/**
 * Collects the {@link ReplySource}s of rules: what connections to their NAT destinations are answered from, and of IPv6
 * those to others, too.
 *
 * <p>Mostly that is the destination's port. Every port it is where the connection's port follows the packet's: with a
 * service or destination of port 0, with marks, and with FTP, whose data connections go by ports of their own.
 *
 * <p><b>Threading:</b> one thread.
 */
final class ReplySources {
    private static final List<Integer> ALL_PROTOCOLS = List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP);
    private static final int EVERY_PORT = 0;

    private final FtpPorts ftpPorts;
    /** Of each family of services: how many destinations, removed ones included, are answered from a source. */
    private final Map<Family, Map<ReplySource, Integer>> destinations = new EnumMap<>(Family.class);
    private final Map<Family, Integer> services = new EnumMap<>(Family.class);
    private final Set<ReplySource> changed = new HashSet<>();

    ReplySources(final FtpPorts ftpPorts) {
        this.ftpPorts = ftpPorts;
        for (final Family family : Family.values()) {
            destinations.put(family, new HashMap<>());
            services.put(family, 0);
        }
    }

    void serviceAdded(final Family family) {
        if (services.merge(family, 1, Integer::sum) == 1) {
            changed.addAll(destinations.get(family).keySet());
        }
    }

    void serviceRemoved(final Family family) {
        if (services.merge(family, -1, Integer::sum) == 0) {
            changed.addAll(destinations.get(family).keySet());
        }
    }

    /** Counts a destination, until it is removed and nothing refers to it any more. */
    void add(final ServiceKey key, final DestinationConfig config) {
        forEach(key, config, source -> {
            if (destinations.get(key.family()).merge(source, 1, Integer::sum) == 1) {
                changed.add(source);
            }
        });
    }

    void remove(final ServiceKey key, final DestinationConfig config) {
        forEach(key, config, source -> {
            if (destinations.get(key.family()).merge(source, -1, (count, less) -> count == 1 ? null : count + less)
                == null) {
                changed.add(source);
            }
        });
    }

    private void forEach(
        final ServiceKey key, final DestinationConfig config, final Consumer<ReplySource> action) {
        if (config.method() == ForwardingMethod.NAT) {
            translated(key, config, action);
        } else if (key.family() == Family.IPV6) {
            virtual(key, action);
        }
    }

    /**
     * Where real servers that are this host answer from. With firewall marks nothing tells the virtual addresses of
     * those whose answers are not translated.
     */
    Set<ReplySource> local(final Collection<Destination> servers) {
        final Set<ReplySource> sources = new HashSet<>();
        for (final Destination each : servers) {
            final DestinationConfig config = each.realServer.config();
            switch (config.method()) {
                case NAT -> translated(each.service.config.key(), config, sources::add);
                case DIRECT, TUNNEL -> virtual(each.service.config.key(), sources::add);
                default -> { }
            }
        }
        return sources;
    }

    private void translated(
        final ServiceKey key, final DestinationConfig config, final Consumer<ReplySource> action) {
        final boolean everyPort = key.isFwmark() || key.port() == EVERY_PORT || ftpPorts.hasDataConnections(key);
        for (final int protocol : key.isFwmark() ? ALL_PROTOCOLS : List.of(key.protocol())) {
            if (ALL_PROTOCOLS.contains(protocol)) {
                action.accept(new ReplySource(config.address(), protocol, everyPort ? EVERY_PORT : config.port()));
            }
        }
    }

    /**
     * Real servers with the virtual address answer from it. Such packets of others pass a host with that address only
     * if they are of IPv6.
     */
    private void virtual(final ServiceKey key, final Consumer<ReplySource> action) {
        if (!key.isFwmark() && ALL_PROTOCOLS.contains(key.protocol())) {
            action.accept(new ReplySource(key.address(), key.protocol(), ftpPorts.steered(key).port()));
        }
    }

    boolean contains(final ReplySource source) {
        return served().anyMatch(each -> each.containsKey(source));
    }

    boolean isEmpty() {
        return served().allMatch(Map::isEmpty);
    }

    /** All of them; it takes a while where there are many. */
    Set<ReplySource> all() {
        return served().flatMap(each -> each.keySet().stream()).collect(Collectors.toSet());
    }

    /** Sources that came or went (or both) since whoever steers them cleared this. */
    Set<ReplySource> changed() {
        return changed;
    }

    private Stream<Map<ReplySource, Integer>> served() {
        return destinations.entrySet().stream().filter(each -> services.get(each.getKey()) != 0)
            .map(Map.Entry::getValue);
    }
}
