package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;
import org.junit.jupiter.api.Test;

class PowerOfTwoTest {
    @Test
    void shouldChooseAsLinuxGivenTheSameRandomNumbers() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            try (DestinationTable live = new DestinationTable(16)) {
                final boolean thresholds = random.nextBoolean();
                final RealServer[] servers = new RealServer[1 + random.nextInt(6)];
                for (int i = 0; i < servers.length; i++) {
                    servers[i] = server(live, random.nextInt(4), thresholds ? 1 + random.nextInt(5) : 0);
                    for (int connections = random.nextInt(6); connections > 0; connections--) {
                        live.connectionBound(servers[i].id(), random.nextBoolean());
                    }
                }
                final int[] draws = {random.nextInt(1 << 20), random.nextInt(1 << 20)};
                final int[] drawn = new int[1];
                final IntUnaryOperator source = bound -> draws[drawn[0]++] % bound;
                final Scheduler scheduler = new PowerOfTwo(new SchedulerSetup(
                    new ServiceConfig(ServiceKey.ofFwmark(Family.IPV4, 1), "twos", 0, 0, 0, null, List.of()),
                    servers, null, servers, List.of(), live, source));
                assertEquals(
                    literal(servers, live, draws), scheduler.select(new SchedulingRequest()), "seed " + seed);
            }
        }
    }

    private static int literal(final RealServer[] servers, final DestinationTable live, final int[] draws) {
        int sum = 0;
        for (final RealServer server : servers) {
            sum += live.isOverloaded(server.id()) ? 0 : server.config().weight();
        }
        if (sum == 0) {
            return Scheduler.NO_DESTINATION;
        }
        final int[] chosen = {-1, -1};
        for (int choice = 0; choice < 2; choice++) {
            int left = draws[choice] % (sum + 1);
            for (int i = 0; i < servers.length && chosen[choice] < 0; i++) {
                if (!live.isOverloaded(servers[i].id()) && servers[i].config().weight() > 0) {
                    left -= servers[i].config().weight();
                    chosen[choice] = left <= 0 ? i : -1;
                }
            }
        }
        final RealServer first = servers[chosen[0]];
        final RealServer second = servers[chosen[1]];
        return second.config().weight() * overhead(live, first) > first.config().weight() * overhead(live, second)
            ? second.id() : first.id();
    }

    private static int overhead(final DestinationTable live, final RealServer server) {
        return live.activeConnections(server.id()) * 256 + live.inactiveConnections(server.id());
    }

    private static RealServer server(final DestinationTable live, final int weight, final int upper) {
        final int id = live.allocate();
        final DestinationConfig config = new DestinationConfig(
            IpAddress.parse("10.0.0." + id), 80, ForwardingMethod.DIRECT, Tunnel.IPIP, weight, weight, upper, 0);
        live.configure(id, config, 0);
        return new RealServer(id, 0, config);
    }
}
