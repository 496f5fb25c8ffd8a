package io.ringvs.control.http;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ringvs.control.ConfiguredService;
import io.ringvs.control.RuleError;
import io.ringvs.control.RuleSet;
import io.ringvs.control.adm.AdmCommand;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

/** {@code /v1/services}: virtual services, each with its real servers. */
final class ServicesResource {
    static final String PATH = "/v1/services";
    static final String ONE = PATH + "/{service}";
    private static final List<String> IDENTITY = List.of("protocol", "address", "port", "fwmark", "family");

    private final RuleSet rules;
    private final RuleTag tag;

    ServicesResource(final RuleSet rules, final RuleTag tag) {
        this.rules = rules;
        this.tag = tag;
    }

    List<Route> routes() {
        return List.of(
            new Route("GET", PATH, new RulesResource(rules, tag)::get),
            new Route("POST", PATH, this::add),
            new Route("GET", ONE, this::get),
            new Route("PUT", ONE, this::put),
            new Route("PATCH", ONE, this::patch),
            new Route("DELETE", ONE, this::delete));
    }

    /** The service that a path names, which must be there. */
    static ConfiguredService require(final RuleSet rules, final Request request) throws Problem {
        final ConfiguredService service = rules.service(RuleNames.service(request.parameter("service")));
        if (service == null) {
            throw Problem.refused(AdmCommand.EDIT_SERVICE, RuleError.NO_SERVICE);
        }
        return service;
    }

    private Reply get(final Request request) throws Problem {
        final ConfiguredService service = require(rules, request);
        return request.isKnown(tag.now()) ? Reply.notModified().tagged(tag.now()) : show(service.key());
    }

    private Reply add(final Request request) throws Problem {
        request.checkMatch(tag.now());
        final ServiceRules wanted = RuleDocuments.service(request.body(ServiceDocument.class));
        if (rules.service(wanted.key()) != null) {
            throw Problem.refused(AdmCommand.ADD_SERVICE, RuleError.EXISTS);
        }
        return replace(wanted).created(RuleNames.path(wanted.key()));
    }

    private Reply put(final Request request) throws Problem {
        final ServiceKey key = RuleNames.service(request.parameter("service"));
        final boolean there = rules.service(key) != null;
        request.checkMatch(there ? tag.now() : null);
        final Reply reply = replace(read(request.object(), key));
        return there ? reply : reply.created(RuleNames.path(key));
    }

    private Reply patch(final Request request) throws Problem {
        final ConfiguredService service = require(rules, request);
        request.checkMatch(tag.now());
        final JsonNode present = Json.tree(RuleDocuments.of(ServiceRules.of(service)));
        final JsonNode merged = MergePatch.apply(present, request.object());
        return replace(read((ObjectNode) merged, service.key()));
    }

    private Reply delete(final Request request) throws Problem {
        final ServiceKey key = RuleNames.service(request.parameter("service"));
        request.checkMatch(rules.service(key) == null ? null : tag.now());
        RuleChange.one(AdmCommand.DELETE_SERVICE, () -> rules.deleteService(key));
        return Reply.changedToNothing().tagged(tag.now());
    }

    /** Reads a service that the path names already: its body may leave its name out, but not name another one. */
    private static ServiceRules read(final ObjectNode body, final ServiceKey key) throws Problem {
        if (IDENTITY.stream().noneMatch(body::has)) {
            final ObjectNode name = (ObjectNode) Json.tree(RuleDocuments.of(
                new ServiceConfig(key, "", 0, 0, 0, null, List.of())));
            IDENTITY.stream().filter(name::has).forEach(field -> body.set(field, name.get(field)));
        }
        final ServiceRules wanted = RuleDocuments.service(Json.document(body, ServiceDocument.class));
        if (!wanted.key().equals(key)) {
            throw Problem.invalid("the body is about the service " + RuleNames.of(wanted.key()) + ", the path about "
                + RuleNames.of(key) + "; a service keeps its name");
        }
        return wanted;
    }

    private Reply replace(final ServiceRules wanted) throws Problem {
        RuleChange.all(rules, wanted.key()::equals, each -> RuleChange.service(each, wanted));
        return show(wanted.key()).changing();
    }

    private Reply show(final ServiceKey key) {
        return Reply.document(RuleDocuments.of(ServiceRules.of(rules.service(key)))).tagged(tag.now());
    }
}
