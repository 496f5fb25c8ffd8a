package io.ringvs.control;

import java.util.Set;
import java.util.function.Function;

import io.ringvs.sched.Schedulers;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpAddress;
import io.ringvs.service.LocalAddressTable;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;

/** Rules on a host as the golden records' director is: one interface eth0 with 192.0.2.1/24. */
public final class TestRules implements AutoCloseable {
    public static final HostAddresses HOST = new HostAddresses() {
        @Override
        public boolean isLocal(final IpAddress address) {
            return Set.of("192.0.2.1", "127.0.0.1", "::1", "2001:db8::1").contains(address.toString());
        }

        @Override
        public boolean isBroadcast(final IpAddress address) {
            return Set.of("192.0.2.255", "127.255.255.255").contains(address.toString());
        }

        @Override
        public int interfaceMtu(final String name) {
            return name.equals("eth0") ? 1500 : 0;
        }
    };

    /** The way to a destination that cannot be reached. */
    public static final Adjacency NOWHERE = new Adjacency(Adjacency.State.UNREACHABLE, 0, 0, 0, 0);

    private static final SyncProtocol DAEMONS_START = new SyncProtocol() {
        @Override
        public void start(final SyncDaemon daemon) {
        }

        @Override
        public void stop(final SyncDaemon daemon) {
        }
    };

    public final DestinationTable destinations = new DestinationTable(1 << 20);
    public final LocalAddressTable locals = new LocalAddressTable(1);
    public final Statistics statistics = new Statistics(2, 1 << 20);
    public final RuleSet rules;

    public TestRules() {
        this(RuleListener.NONE, 1 << 20);
    }

    /** Rules with a listener that needs the live state of the destinations. */
    public TestRules(final Function<DestinationTable, RuleListener> listener) {
        rules = new RuleSet(context(1 << 20), listener.apply(destinations));
    }

    public TestRules(final RuleListener listener, final int maxServices) {
        rules = new RuleSet(context(maxServices), listener);
    }

    private RuleContext context(final int maxServices) {
        return new RuleContext(
            destinations, locals, statistics, HOST, Schedulers::exists, "sip"::equals, DAEMONS_START, maxServices);
    }

    @Override
    public void close() {
        destinations.close();
        statistics.close();
    }
}
