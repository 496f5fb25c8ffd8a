package io.ringvs.control.adm;

import static io.ringvs.control.Columns.left;

import io.ringvs.control.Columns;
import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.Counters;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.Tunnel;

/** The formats of a service listing: titles, and what follows the name of a real server. */
enum ListingFormat {
    STATS("Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes",
        "  -> RemoteAddress:Port") {
        @Override
        void destination(
            final StringBuilder out, final ConfiguredDestination destination, final DestinationTable live,
            final boolean exact) {
            for (int which = Counters.CONNECTIONS; which <= Counters.OUT_BYTES; which++) {
                final long value = destination.counters().value(which);
                CounterColumn.append(out, which < Counters.IN_BYTES ? truncated(value) : value, exact);
            }
        }
    },
    RATE("Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS",
        "  -> RemoteAddress:Port") {
        @Override
        void destination(
            final StringBuilder out, final ConfiguredDestination destination, final DestinationTable live,
            final boolean exact) {
            for (int which = Counters.CONNECTIONS; which <= Counters.OUT_BYTES; which++) {
                final long rate = truncated(destination.counters().rate(which));
                if (which < Counters.IN_BYTES) {
                    Columns.right(out.append(' '), Long.toString(rate), 8);
                } else {
                    CounterColumn.append(out, rate, exact);
                }
            }
        }
    },
    THRESHOLDS("Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn ",
        "  -> RemoteAddress:Port") {
        @Override
        void destination(
            final StringBuilder out, final ConfiguredDestination destination, final DestinationTable live,
            final boolean exact) {
            unsigned(out.append(' '), destination.config().upperThreshold(), 10);
            unsigned(out.append(' '), destination.config().lowerThreshold(), 10);
            connections(out, destination, live);
        }
    },
    PERSISTENT_CONN("Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn ",
        "  -> RemoteAddress:Port") {
        @Override
        void destination(
            final StringBuilder out, final ConfiguredDestination destination, final DestinationTable live,
            final boolean exact) {
            unsigned(out.append(' '), destination.config().weight(), 9);
            unsigned(out.append(' '), live.persistentConnections(destination.id()), 11);
            connections(out, destination, live);
        }
    },
    TUN_INFO("Prot LocalAddress:Port Scheduler Flags",
        "  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn") {
        @Override
        void destination(
            final StringBuilder out, final ConfiguredDestination destination, final DestinationTable live,
            final boolean exact) {
            left(out.append(' '), destination.config().method().listingName(), 7);
            left(out.append(' '), tunnel(destination.config()), 13);
            unsigned(out.append(' '), destination.config().weight(), 6);
            connections(out, destination, live);
        }
    },
    PLAIN("Prot LocalAddress:Port Scheduler Flags",
        "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn") {
        @Override
        void destination(
            final StringBuilder out, final ConfiguredDestination destination, final DestinationTable live,
            final boolean exact) {
            left(out.append(' '), destination.config().method().listingName(), 7);
            unsigned(out.append(' '), destination.config().weight(), 6);
            connections(out, destination, live);
        }
    };

    private final String firstTitle;
    private final String secondTitle;

    ListingFormat(final String firstTitle, final String secondTitle) {
        this.firstTitle = firstTitle;
        this.secondTitle = secondTitle;
    }

    /** The format of a command line: the first of those given counts. */
    static ListingFormat of(final CommandLine line) {
        if (line.has(MatrixOption.STATS)) {
            return STATS;
        } else if (line.has(MatrixOption.RATE)) {
            return RATE;
        } else if (line.has(MatrixOption.THRESHOLDS)) {
            return THRESHOLDS;
        } else if (line.has(MatrixOption.PERSISTENT_CONN)) {
            return PERSISTENT_CONN;
        }
        return line.has(MatrixOption.TUN_INFO) ? TUN_INFO : PLAIN;
    }

    boolean showsCounters() {
        return this == STATS || this == RATE;
    }

    void titles(final StringBuilder out) {
        out.append(firstTitle).append('\n').append(secondTitle).append('\n');
    }

    /** Appends the columns after a real server's name. */
    abstract void destination(
        StringBuilder out, ConfiguredDestination destination, DestinationTable live, boolean exact);

    private static void connections(
        final StringBuilder out, final ConfiguredDestination destination, final DestinationTable live) {
        unsigned(out.append(' '), live.activeConnections(destination.id()), 10);
        unsigned(out.append(' '), live.inactiveConnections(destination.id()), 10);
    }

    private static void unsigned(final StringBuilder out, final int value, final int width) {
        left(out, Integer.toUnsignedString(value), width);
    }

    /** ipvsadm 1.31 keeps these numbers of a real server in 32 bits. */
    private static long truncated(final long value) {
        return value & 0xffffffffL;
    }

    private static String tunnel(final DestinationConfig config) {
        if (config.method() != ForwardingMethod.TUNNEL) {
            return "n/a";
        }
        final Tunnel tunnel = config.tunnel();
        final String checksum = switch (tunnel.checksum()) {
            case NONE -> "-c";
            case CHECKSUM -> "+c";
            case REMOTE_CHECKSUM -> "r+c";
        };
        return switch (tunnel.type()) {
            case IPIP -> "ipip";
            case GUE -> "gue:" + tunnel.port() + ":" + checksum;
            case GRE -> "gre:" + checksum;
        };
    }
}
