package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceKey;
import org.junit.jupiter.api.Test;

/** Random clients, weights and removals of servers, next to a map of which network of clients goes where. */
class PersistenceModelTest {
    private static final int STEPS = 5000;
    private static final int SERVERS = 4;
    private static final int NETWORK_OF_FOUR = 0xffff_fffc;

    private final TestDirector director = new TestDirector();
    private final ServiceKey http = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.100"), 80);
    private final int[] servers = new int[SERVERS];
    private final int[] weights = new int[SERVERS];
    private final Map<Integer, Integer> serverOfNetwork = new HashMap<>();
    private boolean expireQuiescent;

    private int weight(final int server) {
        for (int i = 0; i < SERVERS; i++) {
            if (servers[i] == server) {
                return weights[i];
            }
        }
        return -1; // removed
    }

    private boolean isUsable(final Integer server) {
        return server != null && weight(server) >= (expireQuiescent ? 1 : 0);
    }

    private void change(final Random random) {
        final int i = random.nextInt(SERVERS);
        switch (random.nextInt(4)) {
            case 0 -> {
                director.rules.removeServer(http, servers[i]);
                servers[i] = director.rules.addServer(http, "192.168.1." + (11 + i), 80, TestDirector.SERVERS);
                weights[i] = 1;
            }
            case 1 -> {
                expireQuiescent = !expireQuiescent;
                director.rules.settings(IpvsSettings.DEFAULTS.with(
                    IpvsSetting.EXPIRE_QUIESCENT_TEMPLATE, expireQuiescent ? 1 : 0));
            }
            default -> {
                weights[i] = random.nextInt(2);
                director.rules.weight(http, servers[i], weights[i]);
            }
        }
        director.publish();
    }

    @Test
    void shouldSendEveryNetworkOfClientsWhereItsTemplateSays() {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("PersistenceModelTest: repeat with -Dseed=" + seed);
        final Random random = new Random(seed);
        director.rules.addPersistentService(http, 0, 100_000, NETWORK_OF_FOUR);
        for (int i = 0; i < SERVERS; i++) {
            servers[i] = director.rules.addServer(http, "192.168.1." + (11 + i), 80, TestDirector.SERVERS);
            weights[i] = 1;
        }
        director.publish();
        int kept = 0;
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(25) == 0) {
                change(random);
            }
            final int client = random.nextInt(128);
            final int chosen = director.serverOf(FrameBuilder.tcp(TcpHeader.SYN)
                .from("198.51.100." + client, 1024 + step).to("10.0.0.100", 80).build());
            final Integer known = serverOfNetwork.get(client / 4);
            if (isUsable(known)) {
                assertEquals(known, chosen, "client " + client);
                kept++;
            } else if (chosen >= 0) {
                assertEquals(1, weight(chosen), "a server that takes new clients");
                serverOfNetwork.put(client / 4, chosen);
            } else {
                assertEquals(0, Arrays.stream(weights).sum(), "no server takes new clients");
                serverOfNetwork.remove(client / 4);
            }
        }
        assertEquals(0, director.packets(Verdict.DROP_TABLE_FULL));
        assertTrue(kept > STEPS / 4, "only " + kept + " followed a template");
        director.close();
    }
}
