package io.ringvs.control.adm;

import java.util.List;

import io.ringvs.conntab.ProtocolTimeouts;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.ControlSession;
import io.ringvs.control.RuleError;
import io.ringvs.control.RuleException;
import io.ringvs.control.RuleSet;
import io.ringvs.control.SyncDaemon;

/**
 * One run of the ipvsadm command.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Errors:</b> everything that is wrong with a command ends as text on {@link #err} and a status.
 */
public final class AdmSession extends ControlSession {
    private static final int LIST_FAILED = 1;

    private final AdmEnvironment environment;
    private final HostNames hosts;
    private final String program;
    /** The words of the command, or of the line of input that is being run; null when the next line is to be read. */
    private List<String> words;
    private RestoreLines restore;
    private boolean atomic;
    private ConnectionLines connections;
    private boolean finished;

    /**
     * @param program the name that the user called, for messages
     * @param words   the words after it
     */
    public AdmSession(
        final AdmEnvironment environment, final HostNames hosts, final String program, final List<String> words) {
        this.environment = environment;
        this.hosts = hosts;
        this.program = program;
        this.words = List.copyOf(words);
    }

    @Override
    public Step advance() {
        if (atomic && restore != null && !rehearsed()) {
            return hosts.incomplete() ? Step.NAMES : Step.DONE;
        }
        while (!finished) {
            if (connections != null) {
                if (connections.more(out())) {
                    return hosts.incomplete() ? Step.NAMES : Step.OUTPUT;
                }
                close();
                finished = restore == null;
            } else if (words == null) {
                words = restore.next();
                finished = words == null;
            } else {
                final Step missing = run();
                if (missing != Step.DONE) {
                    return missing;
                }
                words = null;
                finished |= restore == null && connections == null;
            }
        }
        return Step.DONE;
    }

    @Override
    public void input(final String text) {
        restore = new RestoreLines(text);
        words = null;
    }

    @Override
    public void close() {
        if (connections != null) {
            connections.close();
            connections = null;
        }
    }

    private boolean rehearsed() {
        final String problem = AtomicRestore.problem(restore, program, environment, hosts);
        if (hosts.incomplete()) {
            restore.rewind();
            return false;
        }
        atomic = false;
        if (problem != null) {
            err().append(problem);
            exitWith(AdmExit.MINUS_ONE);
            finished = true;
        }
        return problem == null;
    }

    /** Runs one command. Answers DONE, or what it needs before it has done anything. */
    private Step run() {
        if (words.isEmpty()) {
            return list(new CommandLine());
        }
        final CommandLine line;
        try {
            line = new CommandLineParser(program, words, restore != null, environment.services(), hosts).parse();
        } catch (final AdmExit exit) {
            return hosts.incomplete() ? Step.NAMES : exit(exit);
        }
        if (hosts.incomplete()) {
            return Step.NAMES;
        }
        return switch (line.command) {
            case RESTORE -> {
                atomic = line.has(MatrixOption.ATOMIC);
                yield Step.INPUT;
            }
            case SAVE -> save(line);
            case LIST -> list(line);
            case GET_LOCAL_ADDRESSES -> listLocalAddresses(line);
            default -> change(line);
        };
    }

    private Step exit(final AdmExit exit) {
        (exit.toStandardOutput ? out() : err()).append(exit.getMessage());
        exitWith(exit.status);
        finished |= exit.endsRestore;
        return Step.DONE;
    }

    private Step change(final CommandLine line) {
        try {
            RuleOperation.apply(line, environment.rules());
            markChanged();
            exitWith(0);
            final String warning = RuleOperation.warning(line, environment.rules());
            if (warning != null) {
                err().append(warning).append('\n');
            }
        } catch (final RuleException refused) {
            err().append(OperationText.of(line.command, refused.error())).append('\n');
            exitWith(AdmExit.MINUS_ONE);
        }
        return Step.DONE;
    }

    private Step save(final CommandLine line) {
        final StringBuilder text = new StringBuilder();
        new SavedRules(names(line)).write(text, environment.rules().services());
        return show(text);
    }

    private Step list(final CommandLine line) {
        final RuleSet rules = environment.rules();
        final StringBuilder text = new StringBuilder();
        if (line.has(MatrixOption.CONNECTION)) {
            connections = new ConnectionLines(
                environment.connections(), names(line), line.has(MatrixOption.PERSISTENT_CONN),
                line.has(MatrixOption.FULLNAT));
            exitWith(0);
            return Step.DONE;
        } else if (line.has(MatrixOption.TIMEOUT)) {
            final ProtocolTimeouts timeouts = rules.timeouts();
            text.append("Timeout (tcp tcpfin udp): ").append(timeouts.tcpSeconds()).append(' ')
                .append(timeouts.tcpFinSeconds()).append(' ').append(timeouts.udpSeconds()).append('\n');
        } else if (line.has(MatrixOption.DAEMON)) {
            rules.daemons().forEach(daemon -> daemon(text, daemon));
        } else if (line.has(MatrixOption.SERVICE)) {
            final ConfiguredService service = rules.service(line.serviceKey());
            if (service == null) {
                return noSuchService();
            }
            new ServiceListing(line, names(line), rules.destinations()).list(text, List.of(service));
        } else {
            text.append("IP Virtual Server version 1.2.1 (size=").append(environment.tableSize()).append(")\n");
            new ServiceListing(line, names(line), rules.destinations()).list(text, rules.services());
        }
        return show(text);
    }

    private Step noSuchService() {
        err().append(OperationText.of(AdmCommand.LIST, RuleError.NO_SERVICE)).append('\n');
        exitWith(LIST_FAILED);
        finished = true;
        return Step.DONE;
    }

    private Step listLocalAddresses(final CommandLine line) {
        final RuleSet rules = environment.rules();
        final ConfiguredService one = line.has(MatrixOption.SERVICE) ? rules.service(line.serviceKey()) : null;
        if (line.has(MatrixOption.SERVICE) && one == null) {
            return noSuchService();
        }
        final StringBuilder text = new StringBuilder();
        new LocalAddressListing(names(line), rules).list(text, one == null ? rules.services() : List.of(one));
        return show(text);
    }

    private Step show(final StringBuilder text) {
        if (hosts.incomplete()) {
            return Step.NAMES;
        }
        out().append(text);
        exitWith(0);
        return Step.DONE;
    }

    private NameText names(final CommandLine line) {
        return new NameText(line.has(MatrixOption.NUMERIC), environment.services(), hosts);
    }

    private static void daemon(final StringBuilder out, final SyncDaemon daemon) {
        out.append(daemon.role() == SyncDaemon.Role.MASTER ? "master" : "backup")
            .append(" sync daemon (mcast=").append(daemon.interfaceName())
            .append(", syncid=").append(daemon.syncId())
            .append(", maxlen=").append(daemon.maxLength())
            .append(", group=").append(daemon.group())
            .append(", port=").append(daemon.port())
            .append(", ttl=").append(daemon.ttl()).append(")\n");
    }
}
