package io.ringvs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ringvs.sched.Scheduler;
import io.ringvs.sched.SchedulerBuilder;
import io.ringvs.sched.SchedulingRequest;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

/**
 * Draws how each scheduler spreads connections, from a run of the scheduler itself, into a Markdown file: every block
 * that begins with {@code ```picture NAME} is replaced.
 *
 * <p>The run is the same for all: servers A, B, C, D with weights 1, 2, 3, 5, of which C is slow, so that its
 * connections last four times as long; 20 000 connections of 2 000 clients to 500 destination addresses, one after the
 * other.
 */
public final class SchedulerPictures {
    private static final Pattern PICTURE = Pattern.compile("```picture (\\w+)\\n.*?```", Pattern.DOTALL);
    private static final int[] WEIGHTS = {1, 2, 3, 5};
    private static final int SLOW_SERVER = 2;
    private static final int CONNECTIONS = 20_000;
    private static final int CLIENTS = 2_000;
    private static final int DESTINATIONS = 500;
    /** Arrivals of other connections that a connection lasts for, at most; on the slow server four times as many. */
    private static final int LONGEST_CONNECTION = 100;
    private static final int BAR_LENGTH = 40;

    private final int[] received = new int[WEIGHTS.length];
    private final long[] openSum = new long[WEIGHTS.length];
    private int refused;

    private SchedulerPictures() {
    }

    /** @param arguments the Markdown file */
    public static void main(final String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: SchedulerPictures FILE.md");
            System.exit(2);
        }
        final Path file = Path.of(arguments[0]);
        final Matcher picture = PICTURE.matcher(Files.readString(file));
        Files.writeString(file, picture.replaceAll(
            match -> "```picture " + match.group(1) + "\n" + draw(match.group(1)) + "```"));
    }

    private static String draw(final String scheduler) {
        final SchedulerPictures picture = new SchedulerPictures();
        try (DestinationTable live = new DestinationTable(WEIGHTS.length)) {
            picture.run(scheduler, live);
        }
        final StringBuilder text = new StringBuilder("              connections received");
        text.append(" ".repeat(BAR_LENGTH - 12)).append("open on average\n");
        for (int i = 0; i < WEIGHTS.length; i++) {
            final double share = (double) picture.received[i] / CONNECTIONS;
            final String bar = "#".repeat((int) Math.round(share * BAR_LENGTH));
            text.append(String.format("%c weight %d %s %-" + BAR_LENGTH + "s %5.1f %%  %6.1f%n",
                'A' + i, WEIGHTS[i], i == SLOW_SERVER ? "slow" : "    ", bar, 100 * share,
                (double) picture.openSum[i] / CONNECTIONS));
        }
        if (picture.refused > 0) {
            text.append(String.format("refused                                                 %5.1f %%%n",
                100.0 * picture.refused / CONNECTIONS));
        }
        return text.toString();
    }

    private void run(final String name, final DestinationTable live) {
        final Scheduler scheduler = build(name, live);
        final Random random = new Random(1);
        final SchedulingRequest request = new SchedulingRequest();
        request.family = Family.IPV4;
        request.protocol = IpProtocol.TCP;
        // by the number of the arrival that sees them end
        final List<List<Integer>> ending = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS + 4 * LONGEST_CONNECTION + 1; i++) {
            ending.add(new ArrayList<>());
        }
        for (int arrival = 0; arrival < CONNECTIONS; arrival++) {
            for (final int id : ending.get(arrival)) {
                live.connectionUnbound(id, true);
            }
            request.clientWord0 = address(random.nextInt(CLIENTS));
            request.clientPort = 1024 + random.nextInt(60_000);
            request.virtualWord0 = address(random.nextInt(DESTINATIONS));
            final int lasts = 1 + random.nextInt(LONGEST_CONNECTION);
            final int id = scheduler.select(request);
            if (id == Scheduler.NO_DESTINATION) {
                refused++;
            } else {
                live.connectionBound(id, true);
                received[id]++;
                ending.get(arrival + (id == SLOW_SERVER ? 4 * lasts : lasts)).add(id);
            }
            for (int server = 0; server < WEIGHTS.length; server++) {
                openSum[server] += live.activeConnections(server);
            }
        }
    }

    private static long address(final int number) {
        return Integer.toUnsignedLong(Integer.reverseBytes(0x0a000001 + number));
    }

    private static Scheduler build(final String name, final DestinationTable live) {
        final SchedulerBuilder builder = new SchedulerBuilder(live, name);
        for (final int weight : WEIGHTS) {
            final int id = live.allocate();
            final DestinationConfig config = DestinationConfig.of(
                IpAddress.parse("192.168.1.1" + (id + 1)), 80, ForwardingMethod.DIRECT, weight);
            live.configure(id, config, ForwardingMethod.DIRECT.value());
            live.setAvailable(id, true);
            builder.destinationAdded(new RealServer(id, 0, config));
        }
        return builder.build(
            new ServiceConfig(ServiceKey.ofFwmark(Family.IPV4, 1), name, 0, 0, 0, null, List.of()));
    }
}
