package io.ringvs.control.http;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ringvs.control.ConfiguredDestination;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.RuleError;
import io.ringvs.control.RuleSet;
import io.ringvs.control.adm.AdmCommand;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ServiceKey;

/** {@code /v1/services/{service}/destinations}: the real servers of a service. */
final class DestinationsResource {
    private static final String PATH = ServicesResource.ONE + "/destinations";
    private static final String ONE = PATH + "/{destination}";

    private final RuleSet rules;
    private final RuleTag tag;

    DestinationsResource(final RuleSet rules, final RuleTag tag) {
        this.rules = rules;
        this.tag = tag;
    }

    List<Route> routes() {
        return List.of(
            new Route("GET", PATH, this::list),
            new Route("POST", PATH, this::add),
            new Route("GET", ONE, this::get),
            new Route("PUT", ONE, this::put),
            new Route("PATCH", ONE, this::patch),
            new Route("DELETE", ONE, this::delete));
    }

    private Reply list(final Request request) throws Problem {
        final ConfiguredService service = ServicesResource.require(rules, request);
        return request.isKnown(tag.now()) ? Reply.notModified().tagged(tag.now())
            : Reply.document(new DestinationsDocument(RuleDocuments.of(service.config()).destinations()))
                .tagged(tag.now());
    }

    private Reply get(final Request request) throws Problem {
        final ConfiguredService service = ServicesResource.require(rules, request);
        final RuleNames.Server name = RuleNames.server(request.parameter("destination"));
        if (find(service, name) == null) {
            throw Problem.refused(AdmCommand.EDIT_SERVER, RuleError.NOT_FOUND);
        }
        return request.isKnown(tag.now()) ? Reply.notModified().tagged(tag.now()) : show(service.key(), name);
    }

    private Reply add(final Request request) throws Problem {
        final ServiceKey key = ServicesResource.require(rules, request).key();
        request.checkMatch(tag.now());
        final DestinationConfig wanted = RuleDocuments.destination(key, request.body(DestinationDocument.class));
        RuleChange.one(AdmCommand.ADD_SERVER, () -> rules.addDestination(key, wanted));
        return created(key, new RuleNames.Server(wanted.address(), wanted.port()));
    }

    private Reply put(final Request request) throws Problem {
        final ConfiguredService service = ServicesResource.require(rules, request);
        final RuleNames.Server name = RuleNames.server(request.parameter("destination"));
        final boolean there = find(service, name) != null;
        request.checkMatch(there ? tag.now() : null);
        final DestinationConfig wanted = read(request.object(), service.key(), name);
        if (there) {
            RuleChange.one(AdmCommand.EDIT_SERVER, () -> rules.editDestination(service.key(), wanted));
            return show(service.key(), name).changing();
        }
        RuleChange.one(AdmCommand.ADD_SERVER, () -> rules.addDestination(service.key(), wanted));
        return created(service.key(), name);
    }

    private Reply patch(final Request request) throws Problem {
        final ConfiguredService service = ServicesResource.require(rules, request);
        final RuleNames.Server name = RuleNames.server(request.parameter("destination"));
        final ConfiguredDestination present = find(service, name);
        if (present == null) {
            throw Problem.refused(AdmCommand.EDIT_SERVER, RuleError.NOT_FOUND);
        }
        request.checkMatch(tag.now());
        final ObjectNode merged =
            (ObjectNode) MergePatch.apply(Json.tree(RuleDocuments.of(present.config())), request.object());
        final DestinationConfig wanted = read(merged, service.key(), name);
        RuleChange.one(AdmCommand.EDIT_SERVER, () -> rules.editDestination(service.key(), wanted));
        return show(service.key(), name).changing();
    }

    private Reply delete(final Request request) throws Problem {
        final ServiceKey key = RuleNames.service(request.parameter("service"));
        final RuleNames.Server name = RuleNames.server(request.parameter("destination"));
        final ConfiguredService service = rules.service(key);
        request.checkMatch(service == null || find(service, name) == null ? null : tag.now());
        RuleChange.one(AdmCommand.DELETE_SERVER, () -> rules.deleteDestination(key, name.address(), name.port()));
        return Reply.changedToNothing().tagged(tag.now());
    }

    /** Reads a real server that the path names already: its body may leave its name out, but not name another one. */
    private static DestinationConfig read(
        final ObjectNode body, final ServiceKey service, final RuleNames.Server name) throws Problem {
        if (!body.has("address")) {
            body.put("address", name.address().toString());
        }
        if (!body.has("port")) {
            body.put("port", name.port());
        }
        final DestinationConfig wanted =
            RuleDocuments.destination(service, Json.document(body, DestinationDocument.class));
        if (wanted.port() != name.port() || !wanted.address().equals(name.address())) {
            throw Problem.invalid("the body is about the real server "
                + RuleNames.of(wanted.address(), wanted.port()) + ", the path about "
                + RuleNames.of(name.address(), name.port()) + "; a real server keeps its name");
        }
        return wanted;
    }

    private static ConfiguredDestination find(final ConfiguredService service, final RuleNames.Server name) {
        return service.destinations().stream()
            .filter(each -> each.config().port() == name.port() && each.config().address().equals(name.address()))
            .findFirst().orElse(null);
    }

    private Reply created(final ServiceKey service, final RuleNames.Server name) {
        return show(service, name).changing().created(
            RuleNames.path(service) + "/destinations/" + RuleNames.of(name.address(), name.port()));
    }

    private Reply show(final ServiceKey service, final RuleNames.Server name) {
        return Reply.document(RuleDocuments.of(find(rules.service(service), name).config())).tagged(tag.now());
    }
}
