package io.ringvs.control.http;

import java.util.List;

/**
 * The real servers of a service.
 *
 * @param destinations newest first, as in Linux; some schedulers depend on the order
 */
record DestinationsDocument(List<DestinationDocument> destinations) {
}
