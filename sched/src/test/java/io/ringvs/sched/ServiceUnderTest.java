package io.ringvs.sched;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;

/**
 * One virtual service with its live counters, changed as an operator would: each change is a snapshot of its own,
 * unless made within {@link #batch}. Servers are named by one letter or any other text.
 */
final class ServiceUnderTest implements AutoCloseable {
    final DestinationTable live;
    final SchedulingRequest request = new SchedulingRequest();
    private final Map<String, RealServer> servers = new LinkedHashMap<>();
    private final Map<Integer, String> names = new LinkedHashMap<>();
    private final ServiceKey key;
    private String schedulerName;
    private int flags;
    private Scheduler scheduler;
    private String builtName;
    private List<RealServer> builtList = List.of();
    private SchedulerBuilder batch;

    ServiceUnderTest(final String schedulerName) {
        this(schedulerName, 0, Family.IPV4);
    }

    ServiceUnderTest(final String schedulerName, final int flags, final Family family) {
        this.schedulerName = schedulerName;
        this.flags = flags;
        live = new DestinationTable(32_768);
        key = ServiceKey.ofFwmark(family, 1);
        request.family = family;
        request.protocol = IpProtocol.TCP;
        batch = new SchedulerBuilder(live, schedulerName);
        publish();
    }

    /** Changes made by {@code changes} are published together. */
    ServiceUnderTest batch(final Runnable changes) {
        batch = new SchedulerBuilder(live, builtName, builtList, scheduler);
        changes.run();
        publish();
        return this;
    }

    ServiceUnderTest add(final String name, final int weight) {
        return add(name, weight, 0, 0);
    }

    ServiceUnderTest add(final String name, final int weight, final int upper, final int lower) {
        final int octet = names.size() + 1;
        return add(name, new DestinationConfig(
            IpAddress.of(new byte[] {10, (byte) (octet >> 16), (byte) (octet >> 8), (byte) octet}), 80,
            ForwardingMethod.DIRECT, Tunnel.IPIP, weight, weight, upper, lower));
    }

    ServiceUnderTest add(final String name, final DestinationConfig config) {
        final int id = live.allocate();
        live.configure(id, config, 0);
        live.setAvailable(id, true);
        final RealServer server = new RealServer(id, 0, config);
        servers.put(name, server);
        names.put(id, name);
        return change(() -> batch.destinationAdded(server));
    }

    /** Adds a removed server again, with its old id and counters, as from Linux's trash. */
    ServiceUnderTest revive(final String name, final RealServer removed) {
        live.setAvailable(removed.id(), true);
        servers.put(name, removed);
        return change(() -> batch.destinationAdded(removed));
    }

    ServiceUnderTest remove(final String name) {
        final RealServer server = servers.remove(name);
        live.setAvailable(server.id(), false);
        return change(() -> batch.destinationRemoved(server.id()));
    }

    ServiceUnderTest weight(final String name, final int weight) {
        final DestinationConfig old = servers.get(name).config();
        return edit(name, weight, old.upperThreshold(), old.lowerThreshold());
    }

    ServiceUnderTest edit(final String name, final int weight, final int upper, final int lower) {
        final RealServer old = servers.get(name);
        final DestinationConfig config = new DestinationConfig(
            old.config().address(), old.config().port(), old.config().method(), old.config().tunnel(),
            weight, weight != 0 ? weight : old.config().lastWeight(), upper, lower);
        live.configure(old.id(), config, 0);
        final RealServer server = new RealServer(old.id(), 0, config);
        servers.put(name, server);
        return change(() -> batch.destinationUpdated(server));
    }

    /** The service is edited (-E): its flags, perhaps its scheduler. */
    ServiceUnderTest editService(final String newScheduler, final int newFlags) {
        schedulerName = newScheduler;
        flags = newFlags;
        return change(() -> batch.schedulerChanged(newScheduler));
    }

    /** The next choice's name, or "-". */
    String next() {
        final int id = scheduler.select(request);
        return id == Scheduler.NO_DESTINATION ? "-" : names.get(id);
    }

    /** Names of the next choices, separated by spaces; no connection is counted. */
    String next(final int count) {
        final List<String> choices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            choices.add(next());
        }
        return String.join(" ", choices);
    }

    /** Chooses, and counts the connection. */
    String connect(final boolean active) {
        final String name = next();
        if (!name.equals("-")) {
            live.connectionBound(id(name), active);
        }
        return name;
    }

    int id(final String name) {
        return servers.get(name).id();
    }

    RealServer server(final String name) {
        return servers.get(name);
    }

    String name(final int id) {
        return names.get(id);
    }

    String schedulerName() {
        return schedulerName;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Names in list order, newest first. */
    List<String> names() {
        final List<String> list = new ArrayList<>(servers.keySet());
        Collections.reverse(list);
        return list;
    }

    ServiceUnderTest client(final String address, final int port) {
        final IpAddress client = IpAddress.parse(address);
        request.clientWord0 = client.word0();
        request.clientWord1 = client.word1();
        request.clientPort = port;
        return this;
    }

    ServiceUnderTest destination(final String address) {
        final IpAddress destination = IpAddress.parse(address);
        request.virtualWord0 = destination.word0();
        request.virtualWord1 = destination.word1();
        return this;
    }

    @Override
    public void close() {
        live.close();
    }

    private ServiceUnderTest change(final Runnable notification) {
        if (batch != null) {
            notification.run();
            return this;
        }
        return batch(notification);
    }

    private void publish() {
        scheduler = batch.build(config());
        builtName = schedulerName;
        builtList = Arrays.asList(batch.newestFirst());
        batch = null;
    }

    private ServiceConfig config() {
        return new ServiceConfig(key, schedulerName, flags, 0, 0, null, List.of());
    }
}
