package io.ringvs.control.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.Rehearsal;
import io.ringvs.control.RuleException;
import io.ringvs.control.RuleSet;
import io.ringvs.control.adm.AdmCommand;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.IpAddress;
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
        final List<ServiceRules> before = rules.services().stream().map(ServiceRules::of).toList();
        try {
            operations.run(rules);
        } catch (final Problem late) {
            // the copy has more room: it lacks other services, and what is kept for connections of removed servers
            everything(rules, before);
            throw late.afterRestoring();
        }
    }

    /** Makes these all services, with all that belongs to them. */
    static void everything(final RuleSet rules, final List<ServiceRules> wanted) throws Problem {
        checkDistinct("service", "/services/", wanted.stream().map(each -> RuleNames.of(each.key())).toList());
        final Set<ServiceKey> kept = wanted.stream().map(ServiceRules::key).collect(Collectors.toSet());
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

    /** Makes a service, with its local addresses and destinations, as wanted. */
    static void service(final RuleSet rules, final ServiceRules wanted) throws Problem {
        final ServiceConfig settings = withoutDestinations(wanted.config());
        final ConfiguredService present = rules.service(wanted.key());
        if (present == null) {
            one(AdmCommand.ADD_SERVICE, () -> rules.addService(settings));
        } else if (!RuleDocuments.of(settings).equals(RuleDocuments.of(present.settings()))) {
            one(AdmCommand.EDIT_SERVICE, () -> rules.editService(settings));
        }
        localAddresses(rules, wanted);
        destinations(rules, wanted.config());
    }

    private static ServiceConfig withoutDestinations(final ServiceConfig service) {
        return new ServiceConfig(service.key(), service.scheduler(), service.flags(), service.timeoutSeconds(),
            service.netmask(), service.engine(), List.of());
    }

    /** A local address is added at the end of the list, so those present stay that begin the wanted list in order. */
    private static void localAddresses(final RuleSet rules, final ServiceRules wanted) throws Problem {
        final ServiceKey key = wanted.key();
        final List<IpAddress> list = wanted.localAddresses();
        checkDistinct("local address", "/localAddresses/", list.stream().map(IpAddress::toString).toList());
        int kept = 0;
        for (final IpAddress each : ServiceRules.of(rules.service(key)).localAddresses()) {
            if (kept < list.size() && each.equals(list.get(kept))) {
                kept++;
            } else {
                one(AdmCommand.DELETE_LOCAL_ADDRESS, () -> rules.deleteLocalAddress(key, each));
            }
        }
        for (int i = kept; i < list.size(); i++) {
            final IpAddress each = list.get(i);
            try {
                one(AdmCommand.ADD_LOCAL_ADDRESS, () -> rules.addLocalAddress(key, each, null));
            } catch (final Problem problem) {
                throw problem.within("/localAddresses/" + i);
            }
        }
    }

    /**
     * A destination is added at the head of the list. So of those present stay in place the ones that end the wanted
     * list in the same order; what stands before them is added again and then is, with its connections and counters,
     * what it was.
     */
    private static void destinations(final RuleSet rules, final ServiceConfig wanted) throws Problem {
        final ServiceKey key = wanted.key();
        final List<DestinationConfig> list = wanted.destinations();
        checkDistinct("real server", "/destinations/",
            list.stream().map(each -> RuleNames.of(each.address(), each.port())).toList());
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

    /** @param pointer to the list that has these names */
    private static void checkDistinct(final String kind, final String pointer, final List<String> names)
        throws Problem {
        final Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            if (!seen.add(names.get(i))) {
                throw Problem.invalid("the " + kind + " " + names.get(i) + " is there twice").within(pointer + i);
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
