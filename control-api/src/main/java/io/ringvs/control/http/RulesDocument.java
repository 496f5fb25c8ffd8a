package io.ringvs.control.http;

import java.util.List;

/**
 * All virtual services with their real servers.
 *
 * @param services in any order
 */
record RulesDocument(List<ServiceDocument> services) {
}
