package io.ringvs.control;

import static io.ringvs.control.RuleChecks.require;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.ringvs.conntab.ProtocolTimeouts;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.FtpPorts;
import io.ringvs.service.IpAddress;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;

/**
 * The rules: every interface of the control plane changes and reads this one model, and no other validation exists.
 *
 * <p>A change is checked as a whole, in the order in which Linux checks it, and then made; a refused one leaves
 * everything as it was.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Errors:</b> {@link RuleException} with the error number that Linux answers.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_ctl.c}.
 */
public final class RuleSet {
    private final RuleContext context;
    private final RuleListener listener;
    private final Map<ServiceKey, ConfiguredService> addressServices = new LinkedHashMap<>();
    private final Map<ServiceKey, ConfiguredService> fwmarkServices = new LinkedHashMap<>();
    private final SyncDaemons daemons;
    private final RuleChecks checks;
    private final DestinationStore destinations;
    private final List<Integer> retiredRows = new ArrayList<>();
    private final Set<ServiceKey> changedKeys = new HashSet<>();
    private final ReplySources replySources;
    private final Counters totals = new Counters();
    private ProtocolTimeouts timeouts = ProtocolTimeouts.DEFAULTS;
    private long version;
    private long addedServices;

    public RuleSet(final RuleContext context, final RuleListener listener) {
        this.context = context;
        this.listener = listener;
        this.daemons = new SyncDaemons(context);
        this.replySources = new ReplySources(context.ftpPorts());
        this.checks = new RuleChecks(context);
        this.destinations = new DestinationStore(context, replySources);
    }

    /** All services: those of an address first, then those of a mark. */
    public List<ConfiguredService> services() {
        final List<ConfiguredService> services = new ArrayList<>(addressServices.size() + fwmarkServices.size());
        services.addAll(addressServices.values());
        services.addAll(fwmarkServices.values());
        return services;
    }

    /** The service of that identity, or null. */
    public ConfiguredService service(final ServiceKey key) {
        return tableOf(key).get(key);
    }

    /** Moves with every change of a rule, and tells so whether anything has changed between two looks. */
    public long version() {
        return version;
    }

    public ProtocolTimeouts timeouts() {
        return timeouts;
    }

    /** The running synchronisation daemons, the master first. */
    public Collection<SyncDaemon> daemons() {
        return daemons.all();
    }

    /** Counters of all traffic together. */
    public Counters totals() {
        return totals;
    }

    /** Connection counts of the destinations. */
    public DestinationTable destinations() {
        return context.destinations();
    }

    /** The workers' packet counters. */
    public Statistics statistics() {
        return context.statistics();
    }

    /** Services that came or went (or both) since whoever publishes the rules cleared this. */
    Set<ServiceKey> changedKeys() {
        return changedKeys;
    }

    /** Where FTP is looked into. */
    FtpPorts ftpPorts() {
        return context.ftpPorts();
    }

    /** Whether answers of real servers pass the director, or did a moment ago. */
    public boolean seesAnswers() {
        return !replySources.isEmpty() || !context.locals().addresses().isEmpty();
    }

    /** Addresses that real servers answer to with FULLNAT; those that only connections use yet, too. */
    public Collection<LocalAddress> localAddresses() {
        return Collections.unmodifiableCollection(context.locals().addresses());
    }

    /** Whether an address is one of the host's own. */
    public boolean isOnHost(final IpAddress address) {
        return context.host().isLocal(address);
    }

    /**
     * What connections are answered from whose answers pass the director. Removed destinations count until they leave
     * the trash, as connections outlive them; unless their family has no service at all, when Linux leaves the answers
     * alone, too.
     */
    ReplySources replySources() {
        return replySources;
    }

    /** Adds a service; {@code settings} has no destinations. */
    public void addService(final ServiceConfig settings) throws RuleException {
        require(service(settings.key()) == null, RuleError.EXISTS);
        checks.settings(settings);
        require(addressServices.size() + fwmarkServices.size() < context.maxServices(), RuleError.NO_MEMORY);
        final ConfiguredService service = new ConfiguredService(settings, allocateRow(), ++addedServices);
        tableOf(settings.key()).put(settings.key(), service);
        changedKeys.add(settings.key());
        version++;
        replySources.serviceAdded(settings.key().family());
        listener.serviceAdded(service);
    }

    /** Replaces every setting of a service; its destinations stay. */
    public void editService(final ServiceConfig settings) throws RuleException {
        final ConfiguredService service = existing(settings.key());
        checks.settings(settings);
        require(!settings.isOnePacket() || !service.hasFullNat(), RuleError.ONE_PACKET);
        service.edit(settings);
        version++;
        listener.serviceEdited(service);
    }

    public void deleteService(final ServiceKey key) throws RuleException {
        final ConfiguredService service = existing(key);
        tableOf(key).remove(key);
        discard(service);
    }

    /** Deletes all services. */
    public void flush() {
        final List<ConfiguredService> all = services();
        addressServices.clear();
        fwmarkServices.clear();
        all.forEach(this::discard);
    }

    /** Adds a destination at the head of the service's list, or revives it with what it was when it was removed. */
    public void addDestination(final ServiceKey key, final DestinationConfig config) throws RuleException {
        final ConfiguredService service = existing(key);
        checks.destination(service, config, !daemons.all().isEmpty());
        require(service.find(config.address(), config.port()) == null, RuleError.EXISTS);
        require(DestinationAddressRule.allows(config.address(), context.host()), RuleError.INVALID);
        final ConfiguredDestination destination = destinations.add(service, config);
        service.add(destination);
        version++;
        listener.destinationAdded(service, destination.realServer());
    }

    /** Replaces every setting of a destination. */
    public void editDestination(final ServiceKey key, final DestinationConfig config) throws RuleException {
        final ConfiguredService service = existing(key);
        checks.destination(service, config, !daemons.all().isEmpty());
        final ConfiguredDestination destination = service.find(config.address(), config.port());
        require(destination != null, RuleError.NOT_FOUND);
        destinations.edit(destination, config);
        version++;
        listener.destinationUpdated(service, destination.realServer());
    }

    public void deleteDestination(final ServiceKey key, final IpAddress address, final int port)
        throws RuleException {
        final ConfiguredService service = existing(key);
        final ConfiguredDestination destination = service.find(address, port);
        require(destination != null, RuleError.NOT_FOUND);
        service.remove(destination);
        destinations.remove(destination);
        version++;
        listener.destinationRemoved(service, destination.realServer());
    }

    /**
     * Adds a local address, from which connections to the service's FULLNAT destinations come. It should be one of the
     * host's own, so that real servers find it.
     *
     * @param interfaceName that the host should have, or null
     */
    public void addLocalAddress(final ServiceKey key, final IpAddress address, final String interfaceName)
        throws RuleException {
        final ConfiguredService service = existing(key);
        require(address.family() == key.family() && DestinationAddressRule.allows(address, context.host()),
            RuleError.INVALID);
        require(interfaceName == null || context.host().interfaceMtu(interfaceName) != 0, RuleError.NO_DEVICE);
        require(service.findLocal(address) == null, RuleError.EXISTS);
        service.addLocal(acquire(address));
        version++;
        listener.localAddressesChanged(service);
    }

    /** Takes a local address away; connections that come from it go on. */
    public void deleteLocalAddress(final ServiceKey key, final IpAddress address) throws RuleException {
        final ConfiguredService service = existing(key);
        final LocalAddress local = service.findLocal(address);
        require(local != null, RuleError.NOT_FOUND);
        service.removeLocal(local);
        context.locals().release(local);
        version++;
        listener.localAddressesChanged(service);
    }

    private LocalAddress acquire(final IpAddress address) throws RuleException {
        try {
            return context.locals().acquire(address);
        } catch (final IllegalStateException full) {
            throw new RuleException(RuleError.NO_MEMORY);
        }
    }

    /** Zeroes the counters of a service and its destinations. */
    public void zero(final ServiceKey key) throws RuleException {
        zero(existing(key));
    }

    /** Zeroes all counters. */
    public void zeroAll() {
        services().forEach(RuleSet::zero);
        totals.zero();
    }

    /** Changes the connection timeouts; 0 leaves one as it is. */
    public void setTimeouts(final int tcpSeconds, final int tcpFinSeconds, final int udpSeconds)
        throws RuleException {
        require(ExpressibleRule.timeouts(tcpSeconds, tcpFinSeconds, udpSeconds), RuleError.INVALID);
        try {
            timeouts = timeouts.with(tcpSeconds, tcpFinSeconds, udpSeconds);
        } catch (final IllegalArgumentException outOfRange) {
            throw new RuleException(RuleError.INVALID);
        }
        version++;
        listener.timeoutsChanged(timeouts);
    }

    public void startDaemon(final SyncDaemon asked) throws RuleException {
        daemons.start(asked, services());
        version++;
    }

    /** @param role null is refused as invalid */
    public void stopDaemon(final SyncDaemon.Role role) throws RuleException {
        daemons.stop(role);
        version++;
    }

    /**
     * Frees what removed services and destinations held. Call it every 60 s, at a time when every worker uses the
     * newest snapshot: none then still counts into a row that is freed.
     *
     * @param nowMs a monotonic clock in milliseconds
     */
    public void scanTrash(final long nowMs) {
        retiredRows.forEach(context.statistics()::release);
        retiredRows.clear();
        context.locals().sweep();
        destinations.scanTrash(nowMs);
    }

    /** A copy to try changes on. */
    public Rehearsal rehearse() {
        return rehearse(all -> true);
    }

    /** A copy that has these services alone, to try changes on that concern no other. */
    public Rehearsal rehearse(final Predicate<ServiceKey> copied) {
        return new Rehearsal(this, context, copied);
    }

    /** Gives {@code copy}, which has no rules yet, some of these; they were valid once and are not checked again. */
    void copyTo(final RuleSet copy, final Predicate<ServiceKey> which) {
        for (final ConfiguredService service : services()) {
            if (!which.test(service.key())) {
                continue;
            }
            final ConfiguredService copied =
                new ConfiguredService(service.settings(), copy.context.statistics().allocate(), ++copy.addedServices);
            copy.tableOf(service.key()).put(service.key(), copied);
            service.localAddresses().forEach(each -> copied.addLocal(copy.context.locals().acquire(each.address())));
            for (int i = service.destinations().size() - 1; i >= 0; i--) {
                copied.add(copy.destinations.copy(copied, service.destinations().get(i).config()));
            }
        }
        copy.daemons.copyOf(daemons);
        copy.timeouts = timeouts;
    }

    /** Removed destinations whose id is still kept. */
    public int trashSize() {
        return destinations.trashSize();
    }

    private int allocateRow() throws RuleException {
        try {
            return context.statistics().allocate();
        } catch (final IllegalStateException full) {
            throw new RuleException(RuleError.NO_MEMORY);
        }
    }

    private void discard(final ConfiguredService service) {
        service.destinations().forEach(destinations::remove);
        service.localAddresses().forEach(context.locals()::release);
        retiredRows.add(service.statisticsRow());
        changedKeys.add(service.key());
        version++;
        replySources.serviceRemoved(service.key().family());
        listener.serviceRemoved(service);
    }

    private static void zero(final ConfiguredService service) {
        service.counters().zero();
        service.destinations().forEach(destination -> destination.counters().zero());
    }

    private Map<ServiceKey, ConfiguredService> tableOf(final ServiceKey key) {
        return key.isFwmark() ? fwmarkServices : addressServices;
    }

    private ConfiguredService existing(final ServiceKey key) throws RuleException {
        final ConfiguredService service = service(key);
        require(service != null, RuleError.NO_SERVICE);
        return service;
    }
}
