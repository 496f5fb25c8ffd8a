package io.ringvs.control;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

/**
 * One virtual service in the {@link RuleSet}, with its real servers and counters.
 *
 * <p><b>Threading:</b> control thread; changed by the RuleSet only.
 */
public final class ConfiguredService {
    private final ServiceKey key;
    private final int statisticsRow;
    private final long sequence;
    private final Counters counters = new Counters();
    private final List<ConfiguredDestination> newestFirst = new ArrayList<>();
    private final List<LocalAddress> localAddresses = new ArrayList<>();
    private ServiceConfig settings;

    ConfiguredService(final ServiceConfig settings, final int statisticsRow, final long sequence) {
        this.sequence = sequence;
        this.key = settings.key();
        this.settings = settings;
        this.statisticsRow = statisticsRow;
    }

    public ServiceKey key() {
        return key;
    }

    /** Everything but the destinations, which are an empty list here. */
    public ServiceConfig settings() {
        return settings;
    }

    /** The service as a snapshot holds it, destinations included. */
    public ServiceConfig config() {
        final List<DestinationConfig> destinations = new ArrayList<>(newestFirst.size());
        for (final ConfiguredDestination destination : newestFirst) {
            destinations.add(destination.config());
        }
        return new ServiceConfig(
            key, settings.scheduler(), settings.flags(), settings.timeoutSeconds(), settings.netmask(),
            settings.engine(), destinations);
    }

    public int statisticsRow() {
        return statisticsRow;
    }

    /** Grows from service to service in the order in which they were added. */
    long sequence() {
        return sequence;
    }

    public Counters counters() {
        return counters;
    }

    /** The real servers in list order, newest first. */
    public List<ConfiguredDestination> destinations() {
        return Collections.unmodifiableList(newestFirst);
    }

    /** Where connections to FULLNAT destinations come from, in the order in which they were added. */
    public List<LocalAddress> localAddresses() {
        return Collections.unmodifiableList(localAddresses);
    }

    LocalAddress findLocal(final IpAddress address) {
        return localAddresses.stream().filter(each -> each.address().equals(address)).findFirst().orElse(null);
    }

    void addLocal(final LocalAddress local) {
        localAddresses.add(local);
    }

    void removeLocal(final LocalAddress local) {
        localAddresses.remove(local);
    }

    boolean hasFullNat() {
        return newestFirst.stream().anyMatch(each -> each.config().method() == ForwardingMethod.FULLNAT);
    }

    ConfiguredDestination find(final IpAddress address, final int port) {
        for (final ConfiguredDestination destination : newestFirst) {
            if (destination.config().port() == port && destination.config().address().equals(address)) {
                return destination;
            }
        }
        return null;
    }

    void edit(final ServiceConfig changed) {
        settings = changed;
    }

    void add(final ConfiguredDestination destination) {
        newestFirst.add(0, destination);
    }

    void remove(final ConfiguredDestination destination) {
        newestFirst.remove(destination);
    }
}
