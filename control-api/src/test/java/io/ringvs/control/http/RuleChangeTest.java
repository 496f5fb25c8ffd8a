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

import com.fasterxml.jackson.databind.JsonNode;

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
    private static final List<ForwardingMethod> METHODS = List.of(
        ForwardingMethod.DIRECT, ForwardingMethod.TUNNEL, ForwardingMethod.NAT, ForwardingMethod.FULLNAT);
    private static final List<IpAddress> LOCALS = List.of(
        IpAddress.parse("192.0.2.1"), IpAddress.parse("192.0.2.2"), IpAddress.parse("192.0.2.3"));

    @Test
    void shouldReachAnyRulesFromAnyOthersAndKeepWhoStays() throws Problem {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("RuleChangeTest seed " + seed);
        final Random random = new Random(seed);
        try (TestRules test = new TestRules()) {
            for (int round = 0; round < ROUNDS; round++) {
                final List<ServiceRules> wanted = randomRules(random);
                final Map<String, Integer> ids = ids(test.rules);
                RuleChange.all(test.rules, none -> false, rules -> RuleChange.everything(rules, wanted));

                assertEquals(texts(wanted), texts(test.rules.services().stream().map(ServiceRules::of).toList()));
                final Map<String, Integer> now = ids(test.rules);
                now.keySet().retainAll(ids.keySet());
                now.forEach((name, id) -> assertEquals(ids.get(name), id, name + " is the same one"));
            }
        }
    }

    @Test
    void shouldReadBackWhatDocumentsSay() throws Problem {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("RuleChangeTest seed " + seed);
        final Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            for (final ServiceRules rules : randomRules(random)) {
                final JsonNode json = Json.tree(RuleDocuments.of(rules));
                assertEquals(rules, RuleDocuments.service(Json.document(json, ServiceDocument.class)), json.toString());
            }
        }
    }

    private static List<ServiceRules> randomRules(final Random random) {
        final List<ServiceRules> services = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            if (random.nextBoolean()) {
                final ServiceKey key =
                    ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0." + number), 80);
                final List<DestinationConfig> servers = new ArrayList<>();
                for (int server = 1; server <= 5; server++) {
                    if (random.nextInt(3) != 0) {
                        servers.add(DestinationConfig.of(IpAddress.parse("10.1.0." + server), 80,
                            METHODS.get(random.nextInt(METHODS.size())),
                            random.nextInt(3)));
                    }
                }
                Collections.shuffle(servers, random);
                final List<IpAddress> locals = new ArrayList<>(LOCALS.subList(0, random.nextInt(LOCALS.size() + 1)));
                Collections.shuffle(locals, random);
                services.add(new ServiceRules(
                    new ServiceConfig(key, random.nextBoolean() ? "rr" : "mh", 0, 0, -1, null, servers), locals));
            }
        }
        return services;
    }

    /** Services in any order, their servers and local addresses in the given one. */
    private static TreeSet<String> texts(final List<ServiceRules> services) {
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
            final ServiceRules first = service(key, 1);
            RuleChange.all(rules, none -> false, each -> RuleChange.everything(each, List.of(service(key, 1, 2))));
            RuleChange.all(rules, none -> false, each -> RuleChange.everything(each, List.of(first)));
            final ConfiguredDestination stays = rules.service(key).destinations().get(0);

            // number 2 rests in the trash of the rules, of which a copy knows nothing
            final List<ServiceRules> wanted = List.of(
                new ServiceRules(service(key, 3, 4).config(), List.of(LOCALS.get(1), LOCALS.get(0))));
            final Problem late = assertThrows(Problem.class,
                () -> RuleChange.all(rules, none -> false, each -> RuleChange.everything(each, wanted)));

            assertEquals("Memory allocation problem", late.getMessage());
            assertEquals(507, late.status().code());
            assertTrue(late.isAfterRestoring(), "what was made again has to be published");
            assertEquals(first, ServiceRules.of(rules.service(key)));
            assertEquals(stays.id(), rules.service(key).destinations().get(0).id());
        }
    }

    private static ServiceRules service(final ServiceKey key, final int... servers) {
        final List<DestinationConfig> destinations = new ArrayList<>();
        for (final int server : servers) {
            destinations.add(
                DestinationConfig.of(IpAddress.parse("10.1.0." + server), 80, ForwardingMethod.DIRECT, 1));
        }
        return new ServiceRules(
            new ServiceConfig(key, "rr", 0, 0, -1, null, destinations), List.of(LOCALS.get(0), LOCALS.get(2)));
    }
}
