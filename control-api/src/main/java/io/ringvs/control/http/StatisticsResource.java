package io.ringvs.control.http;

import java.util.List;

import io.ringvs.control.RuleSet;
import io.ringvs.control.adm.AdmCommand;
import io.ringvs.service.ServiceKey;

/** {@code /v1/statistics} and those of one service: read, and set back to zero. */
final class StatisticsResource {
    private static final String PATH = "/v1/statistics";
    private static final String ONE = ServicesResource.ONE + "/statistics";

    private final RuleSet rules;

    StatisticsResource(final RuleSet rules) {
        this.rules = rules;
    }

    List<Route> routes() {
        return List.of(
            new Route("GET", PATH, request -> Reply.stream(StatisticsDocument.all(rules))),
            new Route("DELETE", PATH, request -> {
                rules.zeroAll();
                return Reply.changedToNothing();
            }),
            new Route("GET", ONE, request -> Reply.document(StatisticsDocument.ServiceStatistics.of(
                ServicesResource.require(rules, request), rules.destinations()))),
            new Route("DELETE", ONE, this::zero));
    }

    private Reply zero(final Request request) throws Problem {
        final ServiceKey key = RuleNames.service(request.parameter("service"));
        RuleChange.one(AdmCommand.ZERO, () -> rules.zero(key));
        return Reply.changedToNothing();
    }
}
