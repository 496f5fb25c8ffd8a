package io.ringvs.director;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import io.ringvs.service.FtpPorts;

import org.agrona.concurrent.ShutdownSignalBarrier;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringvs run}: starts the director and serves until SIGTERM or SIGINT. */
@Command(name = "run", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Runs the director until it is told to end (SIGTERM, SIGINT).")
final class RunCommand implements Callable<Integer> {
    private static final String DEFAULT_SOCKET = "/run/ringvs.sock";

    @Option(names = "--config", paramLabel = "FILE",
        description = "Configuration file of lines NAME = VALUE, named as these options; the command line wins."
            + " SIGHUP has it read again.")
    private Path config;

    @Option(names = {"-i", "--interface"}, split = ",", paramLabel = "IF",
        description = "An interface to receive and transmit on; may be repeated (receive on one, transmit on another).")
    private List<String> interfaces = new ArrayList<>();

    @Option(names = "--no-io", description = "Serves the control plane alone: for tests and for trying rules.")
    private boolean noIo;

    @Option(names = "--cores", split = ",", paramLabel = "N",
        description = "Cores to pin the workers to, one worker each; RingVS's other threads keep off them, if there are"
            + " others. Default: one worker per queue, not pinned.")
    private List<Integer> cores = new ArrayList<>();

    @Option(names = "--idle", paramLabel = "busy|adaptive", defaultValue = "adaptive",
        description = "busy: a worker never sleeps; adaptive: it sleeps in poll(2) when idle (default).")
    private DirectorConfig.Idle idle;

    @Option(names = "--xdp", paramLabel = "auto|native|generic", defaultValue = "auto",
        description = "XDP mode; auto tries native, then generic, and says which (default).")
    private DirectorConfig.Attach attach;

    @Option(names = "--copy", description = "Does not try AF_XDP zero-copy.")
    private boolean copy;

    @Option(names = "--force", description = "Displaces another XDP program on the interface.")
    private boolean force;

    @Option(names = "--frame-size", paramLabel = "2048|4096", defaultValue = "2048",
        description = "Bytes of a packet frame; 4096 for MTUs above about 1700 (default: ${DEFAULT-VALUE}).")
    private int frameSize;

    @Option(names = "--ring-size", paramLabel = "N", defaultValue = "2048",
        description = "Entries of each AF_XDP ring: more for a fast NIC that must ride out pauses (default: "
            + "${DEFAULT-VALUE}).")
    private int ringSize;

    @Option(names = "--busy-poll", paramLabel = "MICROSECONDS", defaultValue = "0",
        description = "Lets the worker poll the network card from its own core, so long at a time (SO_PREFER_BUSY_POLL;"
            + " docs/tuning.md says what else it needs); 0: interrupts (default).")
    private int busyPollMicros;

    @Option(names = "--max-connections", paramLabel = "N", defaultValue = "1000000",
        description = "Connections at most, about 93 bytes each (default: ${DEFAULT-VALUE}).")
    private int maxConnections;

    @Option(names = "--conn-tab-bits", paramLabel = "8..27", defaultValue = "12",
        description = "Shown as size= in listings, as Linux's conn_tab_bits (default: ${DEFAULT-VALUE}).")
    private int tableBits;

    @Option(names = "--ftp-ports", paramLabel = "PORT,...", defaultValue = "21",
        description = "Virtual ports whose translated connections are looked into as FTP, up to 8; '' for none"
            + " (default: ${DEFAULT-VALUE}).")
    private String ftpPorts;

    @Option(names = "--socket", paramLabel = "PATH",
        description = "Control socket; default: $RINGVS_SOCKET, or " + DEFAULT_SOCKET + ".")
    private Path socket;

    @Option(names = "--socket-group", paramLabel = "GROUP",
        description = "Lets members of this group use the control socket, too; default: root and the own user only.")
    private String socketGroup;

    @Option(names = "--metrics", paramLabel = "[ADDR:]PORT",
        description = "Serves metrics for Prometheus there, on 127.0.0.1 if only a port is given; default: nowhere.")
    private String metrics;

    @Option(names = "--api", paramLabel = "[ADDR:]PORT",
        description = "Serves the HTTP API there too, on a loopback address; default: on the control socket alone.")
    private String api;

    @Option(names = "--api-token-file", paramLabel = "FILE",
        description = "Holds the token that requests to --api have to bear; only its owner may be able to read it.")
    private Path apiTokenFile;

    @Option(names = "--rules", paramLabel = "FILE", defaultValue = "/var/lib/ringvs/rules",
        description = "Where rules are saved on every change, and come back from at start (default: ${DEFAULT-VALUE}).")
    private Path rules;

    @Option(names = "--no-save", description = "Starts without rules, and saves none.")
    private boolean noSave;

    @Override
    public Integer call() {
        if (noIo != interfaces.isEmpty()) {
            throw new StartException(noIo
                ? "--no-io and --interface exclude each other"
                : "name the interface to serve with --interface IF, or give --no-io for the control plane alone");
        }
        final ConfigFile file = ConfigFile.read(config);
        final DirectorConfig told = new DirectorConfig(
            interfaces, cores, idle, attach, !copy, force, frameSize, ringSize,
            busyPollMicros, maxConnections, tableBits, ftpPorts(),
            socketPath(), socketGroup, ListenAddress.parse("--metrics", metrics), ApiAccess.parse(api, apiTokenFile),
            noSave ? null : rules, file.settings());
        try (ShutdownSignalBarrier barrier = new ShutdownSignalBarrier()) {
            final Director director = Director.start(told);
            new ConfigReload(config, file, director).listen();
            barrier.await();
            director.close();
        }
        return 0;
    }

    private FtpPorts ftpPorts() {
        try {
            return FtpPorts.parse(ftpPorts);
        } catch (final IllegalArgumentException e) {
            throw new StartException("--ftp-ports: " + e.getMessage(), e);
        }
    }

    private Path socketPath() {
        if (socket != null) {
            return socket;
        }
        final String environment = System.getenv("RINGVS_SOCKET");
        return Path.of(environment == null || environment.isEmpty() ? DEFAULT_SOCKET : environment);
    }
}
