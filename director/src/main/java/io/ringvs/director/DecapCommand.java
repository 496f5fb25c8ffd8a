package io.ringvs.director;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

import io.ringvs.linux.NativeCallException;
import io.ringvs.service.IpAddress;
import io.ringvs.xdp.AttachOptions;
import io.ringvs.xdp.DecapProgram;
import io.ringvs.xdp.XdpException;

import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.ShutdownSignalBarrier;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringvs decap}: on a real server, takes the packets of tunnels out of them until SIGTERM or SIGINT. */
@Command(name = "decap", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Runs on a real server: unwraps IPIP, GUE and GRE packets to the virtual addresses, so that the host "
        + "needs no tunnel device. Ends with SIGTERM or SIGINT and then tells what it did with the packets.")
final class DecapCommand implements Callable<Integer> {
    private static final Logger LOGGER = LoggerFactory.getLogger(DecapCommand.class);
    private static final int MAX_PORT = 0xffff;
    /** How late a changed address of this host may be noticed, in milliseconds. */
    private static final int PERIOD_MS = 100;

    @Option(names = {"-i", "--interface"}, required = true, paramLabel = "IF",
        description = "The interface that the director's packets come in by.")
    private String interfaceName;

    @Option(names = "--vip", paramLabel = "VIP",
        description = "A virtual address of either family, borne by this host (on lo); may be repeated.")
    private List<String> vips = new ArrayList<>();

    @Option(names = "--gue-port", paramLabel = "PORT", defaultValue = DecapProgram.DEFAULT_GUE_PORT + "",
        description = "UDP port of GUE, the director's --tun-port (default: ${DEFAULT-VALUE}).")
    private int guePort;

    @Option(names = "--report", paramLabel = "SECONDS", defaultValue = "0",
        description = "Prints the counters at this interval too, not only at the end; 0 for never (default).")
    private int reportSeconds;

    @Option(names = "--xdp", paramLabel = "auto|native|generic", defaultValue = "auto",
        description = "XDP mode; auto tries native, then generic, and says which (default).")
    private DirectorConfig.Attach attach;

    @Option(names = "--force", description = "Displaces another XDP program on the interface.")
    private boolean force;

    @Override
    public Integer call() {
        require(guePort >= 1 && guePort <= MAX_PORT, "--gue-port must be from 1 to " + MAX_PORT + ", not " + guePort);
        require(reportSeconds >= 0, "--report must be 0 or more seconds, not " + reportSeconds);
        final AttachOptions options = attach.options().withForce(force);
        try (ShutdownSignalBarrier barrier = new ShutdownSignalBarrier();
            Decapsulation decapsulation = Decapsulation.start(interfaceName, addresses(), guePort, options);
            AgentRunner runner = new AgentRunner(new SleepingMillisIdleStrategy(PERIOD_MS),
                fault -> LOGGER.error("{}", fault.getMessage()), null,
                new DecapAgent(decapsulation, System.out, reportSeconds))) {
            AgentRunner.startOnThread(runner);
            barrier.await();
        } catch (final XdpException | NativeCallException e) {
            throw new StartException(e.getMessage(), e);
        }
        return 0;
    }

    private Set<IpAddress> addresses() {
        require(!vips.isEmpty(), "name the virtual addresses with --vip VIP: packets to others stay in their tunnels");
        final Set<IpAddress> addresses = new HashSet<>();
        for (final String vip : vips) {
            try {
                addresses.add(IpAddress.parse(vip));
            } catch (final IllegalArgumentException e) {
                throw new StartException("--vip: " + e.getMessage(), e);
            }
        }
        return addresses;
    }

    private static void require(final boolean condition, final String sentence) {
        if (!condition) {
            throw new StartException(sentence);
        }
    }
}
