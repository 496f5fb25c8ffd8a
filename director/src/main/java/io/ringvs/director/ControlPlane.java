package io.ringvs.director;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.ControlServer;
import io.ringvs.control.ControlTasks;
import io.ringvs.control.DestinationAddresses;
import io.ringvs.control.RuleContext;
import io.ringvs.control.RuleSet;
import io.ringvs.control.RuleUpkeep;
import io.ringvs.control.SnapshotCompiler;
import io.ringvs.control.SnapshotRulePublisher;
import io.ringvs.control.Steering;
import io.ringvs.control.SyncProtocol;
import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.ServiceNames;
import io.ringvs.control.http.ApiEnvironment;
import io.ringvs.control.http.HttpApi;
import io.ringvs.director.metrics.Scrape;
import io.ringvs.director.saved.RulesText;
import io.ringvs.fastpath.Defences;
import io.ringvs.fastpath.DirectorState;
import io.ringvs.host.AdjacencyResolver;
import io.ringvs.host.HostView;
import io.ringvs.sched.Schedulers;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.PersistenceEngines;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.xdp.XdpProgram;

import org.agrona.concurrent.Agent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control thread's work: serves the control socket, follows the kernel's routes and neighbours, publishes a
 * snapshot whenever either changes what workers have to do, and keeps statistics.
 *
 * <p>It waits in the control socket's selector; the kernel's announcements are looked at every {@link #HOST_POLL_MS},
 * because a selector cannot wait for a netlink socket.
 *
 * <p><b>Threading:</b> made by the starting thread, then the control thread's alone.
 */
final class ControlPlane implements Agent, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlPlane.class);
    private static final long HOST_POLL_MS = 10;
    /** Clients of the HTTP API on TCP at once. */
    private static final int MAX_API_CLIENTS = 32;
    private static final int MAX_SERVICES = 1 << 18;
    private static final Path SERVICES_FILE = Path.of("/etc/services");

    private final DirectorState state;
    private final Steering steering;
    private final HostView host;
    private final AdjacencyResolver ways;
    private final SnapshotCompiler compiler;
    private final RuleSet rules;
    private final SnapshotRulePublisher publisher;
    private final RuleUpkeep upkeep;
    private final ControlServer server;
    private final StatusReading status;
    private final DurableRules durable;
    private final RuleRestore restore;
    private volatile String privileges = "";
    private final ControlTasks tasks = new ControlTasks(this::wakeup);
    private final LiveSettings settings;
    private final LiveMarks marks;
    private final OwnLinks ownLinks;
    /** Destinations whose adjacency is another one than in the newest snapshot. */
    private final List<IpAddress> moved = new ArrayList<>();
    /** Addresses of the host that the newest snapshot without ways to clients has. */
    private Set<IpAddress> ownAddresses = Set.of();
    /** Whether the newest snapshot has the ways to clients, and to wherever packets go that bypass all real servers. */
    private boolean hasClientWays;

    ControlPlane(
        final DirectorConfig config, final DirectorState state, final Steering steering,
        final ConnectionSource connections, final Defences defences, final StatusReading status,
        final List<XdpProgram> programs, final DurableRules durable) {
        this.state = state;
        this.status = status;
        this.durable = durable;
        this.steering = steering;
        this.settings = new LiveSettings(defences, config.settings(), nowMs());
        this.host = HostView.open();
        this.marks = new LiveMarks(host, steering);
        this.ways = new AdjacencyResolver(host);
        this.ownLinks = new OwnLinks(host, programs);
        this.compiler = new SnapshotCompiler(state.destinations());
        this.rules = new RuleSet(
            new RuleContext(state.destinations(), state.table().localAddresses(), state.statistics(),
                new KernelHost(host), Schedulers::exists, PersistenceEngines::exists, SyncProtocol.NONE, MAX_SERVICES,
                config.ftpPorts()),
            compiler);
        this.publisher = new SnapshotRulePublisher(rules, this::compile, state.publisher(), steering);
        this.upkeep = new RuleUpkeep(rules, compiler, publisher::isSettled, nowMs());
        try {
            final AdmEnvironment adm =
                new AdmEnvironment(rules, connections, 1 << config.tableBits(), ServiceNames.read(SERVICES_FILE));
            final HttpApi api =
                new HttpApi(new ApiEnvironment(rules, connections, settings, marks, status::read));
            this.server = ControlServer.open(config.socket(), config.socketGroup(),
                new DirectorCommands(adm, this::status, settings, marks), api.trusting(), publisher);
            if (config.api() != null) {
                listen(config.api(), api);
            }
            this.restore = new RuleRestore(adm, settings, marks, host);
        } catch (final IOException e) {
            host.close();
            throw new StartException(e.getMessage(), e);
        }
    }

    private void listen(final ApiAccess access, final HttpApi api) throws IOException {
        final ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(access.address());
            server.listen(channel, MAX_API_CLIENTS, api.demanding(access.token()));
            LOGGER.info("HTTP API at http:/{}/v1/", access.address());
        } catch (final IOException e) {
            channel.close();
            server.close();
            throw new IOException("the HTTP API cannot be served at " + access.address() + ": " + e.getMessage()
                + "; choose another address with --api", e);
        }
    }

    /** Takes over the saved rules and saves each change from now on; before the control thread runs. */
    void begin() {
        durable.restore(restore);
        publisher.publish();
        durable.start();
    }

    @Override
    public int doWork() {
        boolean worked;
        try {
            worked = server.poll(HOST_POLL_MS);
        } catch (final IOException e) {
            throw new UncheckedIOException("the control socket failed", e);
        }
        moved.addAll(ways.poll(System.nanoTime()));
        if (!moved.isEmpty()
            || (hasClientWays ? ways.areClientWaysOutdated() : !host.addresses().equals(ownAddresses))) {
            publisher.publish();
            worked = true;
        }
        ownLinks.follow();
        status.follow();
        tasks.run();
        upkeep.poll(nowMs());
        settings.poll(nowMs());
        return worked ? 1 : 0;
    }

    /** Makes the snapshot of what is now known, and puts in force what stands outside of it. */
    private Snapshot compile() {
        state.table().timeouts(rules.timeouts());
        final DestinationAddresses.Changes addresses = compiler.addresses().takeChanges();
        ways.watch(addresses.added(), addresses.removed(), System.nanoTime());
        hasClientWays = rules.seesAnswers() || settings.current().cacheBypass();
        if (hasClientWays && ways.areClientWaysOutdated()) {
            steering.hostAddresses(host.addresses());
        }
        final Snapshot snapshot = compiler.compile(ways::adjacency, moved, settings.current(), marks.current(),
            hasClientWays ? ways.clientWays(System.nanoTime()) : ownWays());
        moved.clear();
        durable.changed(new RulesText(snapshot.services, rules.timeouts(), settings.saved(), marks.saved()));
        return snapshot;
    }

    /** What workers need to know of the host's addresses where nothing goes by its routes: that no client has them. */
    private ClientWays ownWays() {
        ownAddresses = host.addresses();
        final Adjacency own = new Adjacency(Adjacency.State.LOCAL, 0, 0, 0, 0);
        final ClientWays.Builder builder = new ClientWays.Builder();
        ownAddresses.forEach(each -> builder.add(each, each.family().hostPrefixLength(), own));
        return builder.build();
    }

    /** What {@code ringvs status} shows. */
    private String status() {
        final int laggard = publisher.isSettled() ? -1 : publisher.laggard();
        return status.text() + (laggard < 0 ? "" : String.format(Locale.ROOT,
            "worker %d does NOT use the newest rules, %.1f s after they were published: commands wait for it%n",
            laggard, status.generationAgeSeconds())) + durable.status() + privileges;
    }

    /** What the status says of the process's privileges; any thread. */
    void privileges(final String sentence) {
        privileges = sentence + "\n";
    }

    /** Puts settings of a configuration file that was read again in force; any thread but the control thread. */
    void reload(final IpvsSettings initial, final List<String> changes) {
        tasks.ask(() -> {
            settings.reload(initial, changes);
            return publisher.publish();
        });
    }

    /** What the metrics are made of; any thread but the control thread. */
    Scrape scrape() {
        return tasks.ask(() -> Scrape.of(status.read(), rules));
    }

    /** Lets a waiting duty cycle end; any thread. */
    void wakeup() {
        server.wakeup();
    }

    @Override
    public String roleName() {
        return "ringvs-control";
    }

    /** The control thread has ended. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (final IOException e) {
            LOGGER.warn("The control socket could not be removed: {}", e.getMessage());
        }
        host.close();
    }

    private static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
