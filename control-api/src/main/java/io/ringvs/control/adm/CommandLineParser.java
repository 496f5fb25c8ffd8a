package io.ringvs.control.adm;

import java.util.List;

import io.ringvs.control.SyncDaemon;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.Tunnel;

/**
 * Makes a {@link CommandLine} of words and checks everything that can be checked without the rules, in ipvsadm's
 * order: the first option is the command; each option in turn with its value; words left over; scheduler flags; the
 * option matrix; what goes with what.
 *
 * <p><b>Threading:</b> one thread; one command each.
 *
 * <p><b>Errors:</b> {@link AdmExit} with the message and status of ipvsadm 1.31.
 */
final class CommandLineParser {
    private static final int DEFAULT_PERSISTENCE_SECONDS = 6 * 60;

    private final String program;
    private final OptionReader reader;
    private final boolean inRestore;
    private final OptionValues values;
    private final CommandLine line = new CommandLine();

    /**
     * @param program   the name that messages call the program by
     * @param words     the words after it
     * @param inRestore whether this is a line of {@code -R}'s input
     */
    CommandLineParser(
        final String program, final List<String> words, final boolean inRestore, final ServiceNames services,
        final HostNames hosts) {
        this.program = program;
        this.reader = new OptionReader(words);
        this.inRestore = inRestore;
        this.values = new OptionValues(line, services, hosts);
    }

    CommandLine parse() throws AdmExit {
        readCommand();
        for (AdmOption option = reader.next(); option != null; option = reader.next()) {
            accept(option, reader.value());
        }
        if (line.command == AdmCommand.SET) {
            readTimeouts();
        }
        final String leftover = reader.leftover();
        if (leftover != null) {
            throw AdmExit.fail("unexpected argument " + leftover);
        }
        line.flags |= SchedulerFlags.parse(line.scheduler, line.schedulerFlags);
        line.command.check(line.options);
        if (line.command.isOneOf(AdmCommand.ADD_SERVICE, AdmCommand.EDIT_SERVICE)) {
            checkService();
        } else if (line.command.isOneOf(AdmCommand.ADD_SERVER, AdmCommand.EDIT_SERVER)) {
            checkServer();
        } else if (line.command == AdmCommand.LIST) {
            checkList();
        } else if (line.localAddress != null) {
            RequestChecks.require(RequestChecks.localAddress(line.family, line.localAddress.family()));
        }
        return line;
    }

    private void readCommand() throws AdmExit {
        final AdmOption first;
        try {
            first = reader.next();
        } catch (final AdmExit bad) {
            throw AdmExit.tryHelp(program);
        }
        if (first == AdmOption.HELP) {
            throw AdmExit.show(HelpText.help(program));
        }
        if (first == AdmOption.VERSION) {
            throw AdmExit.show(HelpText.VERSION);
        }
        line.command = first == null ? null : AdmCommand.of(first);
        if (line.command == null || inRestore && line.command == AdmCommand.RESTORE) {
            throw AdmExit.tryHelp(program);
        }
        if (line.command == AdmCommand.START_DAEMON) {
            line.role = role(reader.value(), "illegal start-daemon parameter specified");
        } else if (line.command == AdmCommand.STOP_DAEMON) {
            line.role = role(reader.value(), "illegal start_daemon specified");
        }
    }

    private static SyncDaemon.Role role(final String text, final String message) throws AdmExit {
        return switch (text) {
            case "master" -> SyncDaemon.Role.MASTER;
            case "backup" -> SyncDaemon.Role.BACKUP;
            default -> throw AdmExit.fail(message);
        };
    }

    private void accept(final AdmOption option, final String value) throws AdmExit {
        switch (option) {
            case TCP_SERVICE -> service(IpProtocol.TCP, value);
            case UDP_SERVICE -> service(IpProtocol.UDP, value);
            case SCTP_SERVICE -> service(IpProtocol.SCTP, value);
            case FWMARK_SERVICE -> {
                give(MatrixOption.SERVICE);
                values.fwmark(value);
            }
            case IPV6 -> {
                if (!line.isFwmark()) {
                    throw AdmExit.fail("-6 used before -f\n");
                }
                line.useIpv6Fwmark();
            }
            case SCHEDULER -> {
                give(MatrixOption.SCHEDULER);
                line.scheduler = OptionValues.cut(value, OptionValues.NAME_LENGTH);
            }
            case PERSISTENT -> {
                give(MatrixOption.PERSISTENT);
                line.flags |= ServiceFlags.PERSISTENT;
                line.timeoutSeconds = value == null ? DEFAULT_PERSISTENCE_SECONDS : timeout(value, 1);
            }
            case NETMASK -> {
                give(MatrixOption.NETMASK);
                values.netmask(value);
            }
            case ENGINE -> {
                give(MatrixOption.ENGINE);
                line.engine = OptionValues.cut(value, OptionValues.ENGINE_LENGTH);
            }
            case OPS -> {
                give(MatrixOption.OPS);
                line.flags |= ServiceFlags.ONE_PACKET;
            }
            case SCHED_FLAGS -> {
                give(MatrixOption.SCHED_FLAGS);
                line.schedulerFlags = value;
            }
            default -> acceptServerOption(option, value);
        }
    }

    private void acceptServerOption(final AdmOption option, final String value) throws AdmExit {
        switch (option) {
            case REAL_SERVER -> {
                give(MatrixOption.SERVER);
                values.server(value);
            }
            case GATEWAYING -> forward(ForwardingMethod.DIRECT);
            case IPIP -> forward(ForwardingMethod.TUNNEL);
            case MASQUERADING -> forward(ForwardingMethod.NAT);
            case FULLNAT -> {
                if (line.command == AdmCommand.LIST) {
                    give(MatrixOption.FULLNAT);
                } else {
                    forward(ForwardingMethod.FULLNAT);
                }
            }
            case LOCAL_ADDRESS -> {
                give(MatrixOption.LOCAL_ADDRESS);
                values.localAddress(value);
            }
            case INTERFACE -> {
                give(MatrixOption.INTERFACE);
                line.interfaceName = OptionValues.cut(value, OptionValues.NAME_LENGTH);
            }
            case WEIGHT -> {
                give(MatrixOption.WEIGHT);
                line.weight = OptionValues.number(value, 0, Integer.MAX_VALUE, "illegal weight specified");
            }
            case U_THRESHOLD -> {
                give(MatrixOption.U_THRESHOLD);
                line.upperThreshold =
                    OptionValues.number(value, 0, Integer.MAX_VALUE, "illegal u_threshold specified");
            }
            case L_THRESHOLD -> {
                give(MatrixOption.L_THRESHOLD);
                line.lowerThreshold =
                    OptionValues.number(value, 0, Integer.MAX_VALUE, "illegal l_threshold specified");
            }
            case TUN_TYPE -> {
                give(MatrixOption.TUN_TYPE);
                values.tunnelType(value);
            }
            case TUN_PORT -> {
                give(MatrixOption.TUN_PORT);
                line.tunnelPort =
                    OptionValues.number(value, 1, OptionValues.MAX_PORT, "illegal tunnel port specified");
            }
            case TUN_NOCSUM -> checksum(MatrixOption.TUN_NOCSUM, Tunnel.Checksum.NONE);
            case TUN_CSUM -> checksum(MatrixOption.TUN_CSUM, Tunnel.Checksum.CHECKSUM);
            case TUN_REMCSUM -> checksum(MatrixOption.TUN_REMCSUM, Tunnel.Checksum.REMOTE_CHECKSUM);
            default -> acceptDaemonOption(option, value);
        }
    }

    private void acceptDaemonOption(final AdmOption option, final String value) throws AdmExit {
        switch (option) {
            case SYNCID -> {
                give(MatrixOption.SYNCID);
                line.syncId = OptionValues.number(value, 0, 255, "illegal syncid specified");
            }
            case MCAST_INTERFACE -> {
                give(MatrixOption.MCAST_INTERFACE);
                line.mcastInterface = OptionValues.cut(value, OptionValues.NAME_LENGTH);
            }
            case MCAST_GROUP -> {
                give(MatrixOption.MCAST_GROUP);
                values.mcastGroup(value);
            }
            case MCAST_PORT -> {
                give(MatrixOption.MCAST_PORT);
                line.mcastPort =
                    OptionValues.number(value, 1, OptionValues.MAX_PORT, "illegal mcast-port specified");
            }
            case MCAST_TTL -> {
                give(MatrixOption.MCAST_TTL);
                line.mcastTtl = OptionValues.number(value, 1, 255, "illegal mcast-ttl specified");
            }
            case SYNC_MAXLEN -> {
                give(MatrixOption.SYNC_MAXLEN);
                line.syncMaxLength = OptionValues.number(value, 1, 65507, "illegal sync-maxlen specified");
            }
            default -> acceptFormatOption(option);
        }
    }

    private void acceptFormatOption(final AdmOption option) throws AdmExit {
        switch (option) {
            case NUMERIC -> give(MatrixOption.NUMERIC);
            case CONNECTION -> give(MatrixOption.CONNECTION);
            case TIMEOUT -> give(MatrixOption.TIMEOUT);
            case DAEMON -> give(MatrixOption.DAEMON);
            case STATS -> give(MatrixOption.STATS);
            case RATE -> give(MatrixOption.RATE);
            case THRESHOLDS -> give(MatrixOption.THRESHOLDS);
            case PERSISTENT_CONN -> give(MatrixOption.PERSISTENT_CONN);
            case TUN_INFO -> give(MatrixOption.TUN_INFO);
            case NOSORT -> give(MatrixOption.NOSORT);
            case EXACT -> give(MatrixOption.EXACT);
            case ATOMIC -> give(MatrixOption.ATOMIC);
            case SORT -> { } // sorting is what happens anyway
            default -> throw AdmExit.fail("invalid option `" + reader.word() + "'");
        }
    }

    private void give(final MatrixOption option) throws AdmExit {
        if (!line.options.add(option)) {
            throw AdmExit.fail("multiple '" + option.text + "' options specified");
        }
    }

    private void service(final int protocol, final String value) throws AdmExit {
        give(MatrixOption.SERVICE);
        line.protocol = protocol;
        values.service(value);
    }

    private void forward(final ForwardingMethod method) throws AdmExit {
        give(MatrixOption.FORWARDING);
        line.method = method;
    }

    private void checksum(final MatrixOption option, final Tunnel.Checksum checksum) throws AdmExit {
        give(option);
        line.tunnelChecksum = checksum;
    }

    private static int timeout(final String text, final int min) throws AdmExit {
        return OptionValues.number(
            text, min, RequestChecks.MAX_TIMEOUT_SECONDS, "invalid timeout value `" + text + "' specified");
    }

    private void readTimeouts() throws AdmExit {
        final String tcp = reader.leftover();
        final String tcpFin = reader.leftover();
        final String udp = reader.leftover();
        if (udp == null) {
            throw AdmExit.fail("--set option requires 3 timeout values");
        }
        line.tcpSeconds = timeout(tcp, 0);
        line.tcpFinSeconds = timeout(tcpFin, 0);
        line.udpSeconds = timeout(udp, 0);
    }

    private void checkService() throws AdmExit {
        RequestChecks.require(RequestChecks.service(line.serviceKey(), line.flags));
        if (line.scheduler.isEmpty()) {
            line.scheduler = CommandLine.DEFAULT_SCHEDULER;
        }
    }

    private void checkServer() throws AdmExit {
        if (!line.isFwmark() && !line.method.isTranslating()) {
            line.serverPort = line.port;
        }
        RequestChecks.require(RequestChecks.server(
            line.family, line.serverAddress.family(), line.method, TunnelOptions.anyIn(line.options)));
        TunnelOptions.check(line.tunnelType, line.options);
    }

    private void checkList() throws AdmExit {
        final boolean timeoutOrDaemon = line.has(MatrixOption.TIMEOUT) || line.has(MatrixOption.DAEMON);
        final boolean counters = line.has(MatrixOption.STATS) || line.has(MatrixOption.RATE)
            || line.has(MatrixOption.THRESHOLDS);
        if (counters && (timeoutOrDaemon || line.has(MatrixOption.CONNECTION))
            || timeoutOrDaemon && line.has(MatrixOption.PERSISTENT_CONN)
            || line.has(MatrixOption.FULLNAT) && !line.has(MatrixOption.CONNECTION)) {
            throw AdmExit.fail("options conflicts in the list command");
        }
    }
}
