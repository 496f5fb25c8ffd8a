package io.ringvs.host;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.ringvs.linux.Errno;
import io.ringvs.linux.NativeCallException;
import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.MarkRules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's links, addresses, routes and neighbours, kept as the kernel has them.
 *
 * <p>Opening reads everything; then {@link #poll} takes what the kernel announced since. If announcements were lost,
 * all is read again. Routes are patched one by one, but read again as a whole where the kernel is silent: when a link
 * goes up or down or an address goes away (IPv4 removes routes without a word), and when an IPv6 route gains or loses a
 * next hop. Reading again takes at most about a tenth of the time, however much there is to read and however often that
 * happens.
 *
 * <p><b>Threading:</b> control thread only. It may sleep in poll(2) on {@link #fileDescriptor}, or just call
 * {@link #poll} now and then: with nothing to do that is one system call.
 *
 * <p><b>Errors:</b> {@link NativeCallException} if the kernel refuses; the view stays as it was, and the next poll
 * tries again.
 *
 * <p><b>Source:</b> rtnetlink(7).
 */
public final class HostView implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(HostView.class);
    /** Bound of the work of one poll; the rest waits for the next. */
    private static final int DATAGRAMS_PER_POLL = 1024;
    private static final int DUMP_ATTEMPTS = 4;
    /** After tables were read again, rest this many times as long as that took. */
    private static final int REST_FACTOR = 9;

    private final RtnetlinkSocket monitor;
    private final RtnetlinkSocket requests;
    private HostState state = new HostState();
    private RouteSelection selection = new RouteSelection(state);
    private boolean inSync;
    /** Whether all was read anew. */
    private boolean changed = true;
    private long restUntilNs;
    private boolean resting;
    private long fullReads;
    private long routeReads;
    private long neighbourRequests;

    private HostView(final RtnetlinkSocket monitor, final RtnetlinkSocket requests) {
        this.monitor = monitor;
        this.requests = requests;
    }

    /** Reads the network namespace of the calling thread. */
    public static HostView open() {
        final RtnetlinkSocket monitor = RtnetlinkSocket.openForMonitoring();
        RtnetlinkSocket requests = null;
        try {
            requests = RtnetlinkSocket.openForRequests();
            final HostView view = new HostView(monitor, requests);
            view.readAll();
            return view;
        } catch (final RuntimeException e) {
            monitor.close();
            if (requests != null) {
                requests.close();
            }
            throw e;
        }
    }

    /** Readable when there is something for {@link #poll}. */
    public int fileDescriptor() {
        return monitor.fileDescriptor();
    }

    /**
     * Takes what the kernel announced.
     *
     * @param nowNs a clock that goes on steadily, in nanoseconds
     * @return what changed since the last call
     */
    public HostChanges poll(final long nowNs) {
        receive();
        resting &= nowNs - restUntilNs < 0;
        if ((!inSync || state.routesUnclear()) && !resting) {
            readAgain(nowNs);
        }
        final HostChanges changes = state.takeChanges();
        final boolean allChanged = changed;
        changed = false;
        return allChanged ? new HostChanges(true, changes.neighbours()) : changes;
    }

    /** The way to a destination as the kernel would choose it. */
    public RouteLookup lookup(final IpAddress destination) {
        return selection.lookup(destination);
    }

    /** A compiler of the ways to all clients, as things are now. */
    ClientWayCompiler clientWays() {
        return new ClientWayCompiler(state, selection);
    }

    /** Addresses of this host's interfaces. */
    public Set<IpAddress> addresses() {
        final Set<IpAddress> addresses = new HashSet<>();
        state.addresses().forEach((each) -> addresses.add(each.address()));
        return addresses;
    }

    /** The interface of that index, null if there is none. */
    public Link link(final int index) {
        return state.link(index);
    }

    /** The interface of that name, null if there is none. */
    public Link link(final String name) {
        for (final Link link : state.links()) {
            if (link.name().equals(name)) {
                return link;
            }
        }
        return null;
    }

    /** How packets of an interface come in, for rules that name it. */
    public MarkRules.Ingress ingress(final int interfaceIndex) {
        final Link link = state.link(interfaceIndex);
        final Egress egress = link == null ? null : state.egress(link);
        return egress == null ? new MarkRules.Ingress(interfaceIndex, Adjacency.NO_TAGS)
            : new MarkRules.Ingress(egress.interfaceIndex(), egress.tags());
    }

    /** How frames leave by a link, null if they cannot. */
    Egress egress(final Link link) {
        return state.egress(link);
    }

    /**
     * The VLANs that this host is in by interfaces that are up and stand on another one.
     *
     * @param interfaceIndex of the other one
     * @return VLAN interfaces by their tags, as of {@link io.ringvs.snapshot.Adjacency#tags}
     */
    public Map<Long, Link> vlansOn(final int interfaceIndex) {
        return state.vlansOn(interfaceIndex);
    }

    /** The kernel's entry of a neighbour, null if it has none. */
    public Neighbour neighbour(final Neighbour.Key key) {
        return state.neighbour(key);
    }

    /** Whether packets to an address are for this host itself. */
    public boolean isLocal(final IpAddress address) {
        return lookup(address).outcome() == RouteLookup.Outcome.LOCAL;
    }

    /** How often everything was read; above 1 means that announcements were lost. */
    public long fullReads() {
        return fullReads;
    }

    /** How often the routes alone were read again. */
    public long routeReads() {
        return routeReads;
    }

    /** How often the kernel was asked to resolve or confirm a neighbour. */
    public long neighbourRequests() {
        return neighbourRequests;
    }

    /** Entries known: routes of the tables local and main. */
    public int routeCount() {
        return state.routes().size();
    }

    /** Entries known: neighbours of all interfaces. */
    public int neighbourCount() {
        return state.neighbourCount();
    }

    /**
     * Makes the kernel resolve or confirm a neighbour; the outcome comes as a change.
     *
     * @return 0, or the positive error number of the kernel's refusal
     */
    int use(final Neighbour.Key neighbour) {
        neighbourRequests++;
        return requests.use(neighbour);
    }

    RouteTables routes() {
        return state.routes();
    }

    RtnetlinkSocket monitor() {
        return monitor;
    }

    private void receive() {
        for (int i = 0; i < DATAGRAMS_PER_POLL; i++) {
            try {
                final NetlinkMessage message = monitor.receive();
                if (message == null) {
                    return;
                }
                while (message.next()) {
                    state.apply(message);
                }
            } catch (final NativeCallException e) {
                if (e.errno() != Errno.ENOBUFS) {
                    throw e;
                }
                inSync = false;
            }
        }
    }

    private void readAll() {
        final HostState fresh = new HostState();
        boolean consistent = false;
        for (int attempt = 0; attempt < DUMP_ATTEMPTS && !consistent; attempt++) {
            // read before routes and neighbours, which refer to them
            consistent = requests.dump(LinkMessage.GET, LinkMessage.BODY_LENGTH, fresh::apply)
                & requests.dump(AddressMessage.GET, AddressMessage.BODY_LENGTH, fresh::apply)
                & requests.dump(NeighbourMessage.GET, NeighbourMessage.BODY_LENGTH, fresh::apply);
        }
        final boolean routesConsistent = readRoutesInto(fresh);
        fullReads++;
        state = fresh;
        selection = new RouteSelection(fresh);
        changed = true;
        inSync = consistent && routesConsistent;
    }

    private void readAgain(final long nowNs) {
        final long startNs = System.nanoTime();
        if (inSync) {
            inSync = readRoutesInto(state);
            routeReads++;
        } else {
            LOGGER.warn("The kernel's announcements of routes and neighbours came too fast; reading all of them again");
            readAll();
        }
        resting = true;
        restUntilNs = nowNs + (1 + REST_FACTOR) * (System.nanoTime() - startNs);
    }

    private boolean readRoutesInto(final HostState target) {
        boolean consistent = false;
        for (int attempt = 0; attempt < DUMP_ATTEMPTS && !consistent; attempt++) {
            final RouteTables fresh = new RouteTables();
            consistent = requests.dump(RouteMessage.GET, RouteMessage.BODY_LENGTH, (message) -> {
                final Route route = RouteMessage.decode(message);
                final RouteTable table = route == null ? null : fresh.tableOf(route);
                if (table != null) {
                    table.addDumped(route);
                }
            });
            target.routes(fresh);
        }
        return consistent;
    }

    @Override
    public void close() {
        monitor.close();
        requests.close();
    }
}
