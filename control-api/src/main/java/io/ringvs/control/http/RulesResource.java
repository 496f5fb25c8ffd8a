package io.ringvs.control.http;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import io.ringvs.control.RuleSet;
import io.ringvs.control.adm.AdmCommand;

/** {@code /v1/rules}, all services at once, and {@code /v1/timeouts}. */
final class RulesResource {
    private static final String PATH = "/v1/rules";
    private static final String TIMEOUTS = "/v1/timeouts";

    private final RuleSet rules;
    private final RuleTag tag;

    RulesResource(final RuleSet rules, final RuleTag tag) {
        this.rules = rules;
        this.tag = tag;
    }

    List<Route> routes() {
        return List.of(
            new Route("GET", PATH, this::get),
            new Route("PUT", PATH, this::put),
            new Route("DELETE", PATH, this::delete),
            new Route("GET", TIMEOUTS, request -> timeouts()),
            new Route("PATCH", TIMEOUTS, this::setTimeouts));
    }

    /** All rules as they are at this moment, whatever becomes of them while they are sent. */
    Reply get(final Request request) {
        if (request.isKnown(tag.now())) {
            return Reply.notModified().tagged(tag.now());
        }
        final Iterator<ServiceRules> services = rules.services().stream().map(ServiceRules::of).toList().iterator();
        return Reply.stream(new ListPieces("{\"services\":",
            () -> services.hasNext() ? RuleDocuments.of(services.next()) : null, () -> { })).tagged(tag.now());
    }

    private Reply put(final Request request) throws Problem {
        request.checkMatch(tag.now());
        final List<ServiceDocument> given = request.body(RulesDocument.class).services();
        if (given == null) {
            throw Problem.invalid("the rules need the list 'services'; an empty one deletes all");
        }
        final List<ServiceRules> wanted = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            try {
                wanted.add(service(given.get(i)));
            } catch (final Problem problem) {
                throw problem.within("/services/" + i);
            }
        }
        RuleChange.all(rules, none -> false, each -> RuleChange.everything(each, wanted));
        return Reply.changedToNothing().tagged(tag.now());
    }

    private static ServiceRules service(final ServiceDocument document) throws Problem {
        if (document == null) {
            throw Problem.invalid("a service must be an object");
        }
        return RuleDocuments.service(document);
    }

    private Reply delete(final Request request) throws Problem {
        request.checkMatch(tag.now());
        rules.flush();
        return Reply.changedToNothing().tagged(tag.now());
    }

    private Reply timeouts() {
        return Reply.document(TimeoutsDocument.of(rules.timeouts())).tagged(tag.now());
    }

    private Reply setTimeouts(final Request request) throws Problem {
        request.checkMatch(tag.now());
        final TimeoutsDocument given = request.body(TimeoutsDocument.class);
        RuleChange.one(AdmCommand.SET, () -> rules.setTimeouts(
            orUnchanged(given.tcp()), orUnchanged(given.tcpFin()), orUnchanged(given.udp())));
        return timeouts().changing();
    }

    /** 0 is what leaves a timeout as it is. */
    private static int orUnchanged(final Integer seconds) {
        return seconds == null ? 0 : seconds;
    }
}
