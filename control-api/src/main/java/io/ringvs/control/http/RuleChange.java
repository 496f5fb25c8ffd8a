package io.ringvs.control.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.Rehearsal;
import io.ringvs.control.RuleException;
import io.ringvs.control.RuleSet;
import io.ringvs.control.adm.AdmCommand;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

/**
 * Changes rules by operations of the {@link RuleSet}. What takes several of them is tried on a copy first, so that it
 * is made as a whole or not at all.
 *
 * <p>Rules that are to be others are not thrown away and made again: what is already as wanted stays, with its
 * connections, counters and scheduler state, and what only differs is edited.
 *
 * <p><b>Threading:</b> control thread.
 */
final class RuleChange {
    private RuleChange() {
    }

    /** One operation of the rules. */
    @FunctionalInterface
    interface Operation {
        void run() throws RuleException;
    }

    /** Several operations, on whichever rules they are given. */
    @FunctionalInterface
    interface Operations {
        void run(RuleSet rules) throws Problem;
    }

    /** Runs an operation; {@code command} is the one of {@code ringvs adm} that does the same. */
    static void one(final AdmCommand command, final Operation operation) throws Problem {
        try {
            operation.run();
        } catch (final RuleException refused) {
            throw Problem.refused(command, refused.error());
        }
    }

    /**
     * Runs all operations or none.
     *
     * @param concerned the services whose present state the operations go by
     */
    static void all(final RuleSet rules, final Predicate<ServiceKey> concerned, final Operations operations)
        throws Problem {
        try (Rehearsal rehearsal = rules.rehearse(concerned)) {
            operations.run(rehearsal.rules());
        }
        final List<ServiceConfig> before = rules.services().stream().map(ConfiguredService::config).toList();
        try {
            operations.run(rules);
        } catch (final Problem late) {
            // the copy has more room: it lacks other services, and what is kept for connections of removed servers
            everything(rules, before);
            throw late.afterRestoring();
        }
    }

    /** Makes these all services, with these destinations. */
    static void everything(final RuleSet rules, final List<ServiceConfig> wanted) throws Problem {
        final Set<ServiceKey> kept = new HashSet<>();
        for (int i = 0; i < wanted.size(); i++) {
            if (!kept.add(wanted.get(i).key())) {
                throw Problem.invalid("the service " + RuleNames.of(wanted.get(i).key()) + " is there twice")
                    .within("/services/" + i);
            }
        }
        for (final ConfiguredService present : rules.services()) {
            if (!kept.contains(present.key())) {
                one(AdmCommand.DELETE_SERVICE, () -> rules.deleteService(present.key()));
            }
        }
        for (int i = 0; i < wanted.size(); i++) {
            try {
                service(rules, wanted.get(i));
            } catch (final Problem problem) {
                throw problem.within("/services/" + i);
            }
        }
    }

    /** Makes a service, with its destinations, as wanted. */
    static void service(final RuleSet rules, final ServiceConfig wanted) throws Problem {
        final ServiceConfig settings = withoutDestinations(wanted);
        final ConfiguredService present = rules.service(wanted.key());
        if (present == null) {
            one(AdmCommand.ADD_SERVICE, () -> rules.addService(settings));
        } else if (!RuleDocuments.of(settings).equals(RuleDocuments.of(present.settings()))) {
            one(AdmCommand.EDIT_SERVICE, () -> rules.editService(settings));
        }
        destinations(rules, wanted);
    }

    static ServiceConfig withoutDestinations(final ServiceConfig service) {
        return new ServiceConfig(service.key(), service.scheduler(), service.flags(), service.timeoutSeconds(),
            service.netmask(), service.engine(), List.of());
    }

    /**
     * A destination is added at the head of the list. So of those present stay in place the ones that end the wanted
     * list in the same order; what stands before them is added again and then is, with its connections and counters,
     * what it was.
     */
    private static void destinations(final RuleSet rules, final ServiceConfig wanted) throws Problem {
        final ServiceKey key = wanted.key();
        final List<DestinationConfig> list = wanted.destinations();
        checkDistinct(list);
        final List<DestinationConfig> present = new ArrayList<>();
        rules.service(key).destinations().stream().map(ConfiguredDestination::config).forEach(present::add);
        final int firstKept = firstKept(present, list);
        final Set<RuleNames.Server> kept = new HashSet<>();
        list.subList(firstKept, list.size()).forEach(each -> kept.add(identity(each)));
        for (final DestinationConfig each : present) {
            if (!kept.contains(identity(each))) {
                one(AdmCommand.DELETE_SERVER, () -> rules.deleteDestination(key, each.address(), each.port()));
            }
        }
        final Map<RuleNames.Server, DestinationConfig> former = new HashMap<>();
        present.forEach(each -> former.put(identity(each), each));
        for (int i = list.size() - 1; i >= 0; i--) {
            final DestinationConfig each = list.get(i);
            try {
                if (i < firstKept) {
                    one(AdmCommand.ADD_SERVER, () -> rules.addDestination(key, each));
                } else if (!RuleDocuments.of(each).equals(RuleDocuments.of(former.get(identity(each))))) {
                    one(AdmCommand.EDIT_SERVER, () -> rules.editDestination(key, each));
                }
            } catch (final Problem problem) {
                throw problem.within("/destinations/" + i);
            }
        }
    }

    private static void checkDistinct(final List<DestinationConfig> list) throws Problem {
        final Set<RuleNames.Server> seen = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            if (!seen.add(identity(list.get(i)))) {
                throw Problem.invalid("the real server " + RuleNames.of(list.get(i).address(), list.get(i).port())
                    + " is there twice").within("/destinations/" + i);
            }
        }
    }

    /** Where the longest end of {@code wanted} begins whose members are all present, in this order. */
    private static int firstKept(final List<DestinationConfig> present, final List<DestinationConfig> wanted) {
        final Map<RuleNames.Server, Integer> positions = new HashMap<>();
        for (int i = 0; i < present.size(); i++) {
            positions.put(identity(present.get(i)), i);
        }
        int next = present.size();
        int first = wanted.size();
        while (first > 0) {
            final Integer position = positions.get(identity(wanted.get(first - 1)));
            if (position == null || position >= next) {
                return first;
            }
            next = position;
            first--;
        }
        return first;
    }

    private static RuleNames.Server identity(final DestinationConfig destination) {
        return new RuleNames.Server(destination.address(), destination.port());
    }
}
