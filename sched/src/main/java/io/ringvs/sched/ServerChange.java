package io.ringvs.sched;

import io.ringvs.service.RealServer;

/**
 * One change of a service's real servers, as Linux notifies a scheduler of it: after the list has changed.
 *
 * @param kind          what happened
 * @param server        the server as it is after the change (of a removed one: as it was)
 * @param predecessorId of a removed server, the id before it in the list, or {@link Scheduler#NO_DESTINATION} when it
 *                      was the first; otherwise NO_DESTINATION
 */
record ServerChange(Kind kind, RealServer server, int predecessorId) {
    enum Kind { ADDED, UPDATED, REMOVED }
}
