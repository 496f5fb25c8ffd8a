package io.ringvs.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.RuleContext;
import io.ringvs.control.RuleListener;
import io.ringvs.control.RuleSet;
import io.ringvs.control.SyncProtocol;
import io.ringvs.control.TestRules;
import io.ringvs.sched.Schedulers;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

import org.junit.jupiter.api.Test;

class RuleChangeTest {
    private static final int ROUNDS = 300;

    @Test
    void shouldReachAnyRulesFromAnyOthersAndKeepWhoStays() throws Problem {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("RuleChangeTest seed " + seed);
        final Random random = new Random(seed);
        try (TestRules test = new TestRules()) {
            for (int round = 0; round < ROUNDS; round++) {
                final List<ServiceConfig> wanted = randomRules(random);
                final Map<String, Integer> ids = ids(test.rules);
                RuleChange.all(test.rules, none -> false, rules -> RuleChange.everything(rules, wanted));

                assertEquals(texts(wanted), texts(
                    test.rules.services().stream().map(ConfiguredService::config).toList()));
                final Map<String, Integer> now = ids(test.rules);
                now.keySet().retainAll(ids.keySet());
                now.forEach((name, id) -> assertEquals(ids.get(name), id, name + " is the same one"));
            }
        }
    }

    private static List<ServiceConfig> randomRules(final Random random) {
        final List<ServiceConfig> services = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            if (random.nextBoolean()) {
                final ServiceKey key =
                    ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0." + number), 80);
                final List<DestinationConfig> servers = new ArrayList<>();
                for (int server = 1; server <= 5; server++) {
                    if (random.nextInt(3) != 0) {
                        servers.add(DestinationConfig.of(IpAddress.parse("10.1.0." + server), 80,
                            random.nextBoolean() ? ForwardingMethod.DIRECT : ForwardingMethod.TUNNEL,
                            random.nextInt(3)));
                    }
                }
                Collections.shuffle(servers, random);
                services.add(new ServiceConfig(
                    key, random.nextBoolean() ? "rr" : "mh", 0, 0, -1, null, servers));
            }
        }
        return services;
    }

    /** Services in any order, their servers in the given one. */
    private static TreeSet<String> texts(final List<ServiceConfig> services) {
        final TreeSet<String> texts = new TreeSet<>();
        services.forEach(service -> texts.add(RuleDocuments.of(service).toString()));
        return texts;
    }

    private static Map<String, Integer> ids(final RuleSet rules) {
        final Map<String, Integer> ids = new HashMap<>();
        for (final ConfiguredService service : rules.services()) {
            for (final ConfiguredDestination each : service.destinations()) {
                ids.put(RuleNames.of(service.key()) + " " + RuleNames.of(each.config().address(), each.config().port()),
                    each.id());
            }
        }
        return ids;
    }

    @Test
    void shouldPutEverythingBackGivenRoomIsMissingThatTheCopyHad() throws Problem {
        try (TestRules test = new TestRules(); DestinationTable small = new DestinationTable(3)) {
            final RuleSet rules = new RuleSet(new RuleContext(small, test.locals, test.statistics, TestRules.HOST,
                Schedulers::exists, name -> false, SyncProtocol.NONE, 10), RuleListener.NONE);
            final ServiceKey key = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.1"), 80);
            final ServiceConfig first = service(key, 1);
            RuleChange.all(rules, none -> false, each -> RuleChange.everything(each, List.of(service(key, 1, 2))));
            RuleChange.all(rules, none -> false, each -> RuleChange.everything(each, List.of(first)));
            final ConfiguredDestination stays = rules.service(key).destinations().get(0);

            // number 2 rests in the trash of the rules, of which a copy knows nothing
            final Problem late = assertThrows(Problem.class,
                () -> RuleChange.all(rules, none -> false, each -> RuleChange.everything(each, List.of(service(key, 3, 4)))));

            assertEquals("Memory allocation problem", late.getMessage());
            assertEquals(507, late.status().code());
            assertTrue(late.isAfterRestoring(), "what was made again has to be published");
            assertEquals(first, rules.service(key).config());
            assertEquals(stays.id(), rules.service(key).destinations().get(0).id());
        }
    }

    private static ServiceConfig service(final ServiceKey key, final int... servers) {
        final List<DestinationConfig> destinations = new ArrayList<>();
        for (final int server : servers) {
            destinations.add(
                DestinationConfig.of(IpAddress.parse("10.1.0." + server), 80, ForwardingMethod.DIRECT, 1));
        }
        return new ServiceConfig(key, "rr", 0, 0, -1, null, destinations);
    }
}
