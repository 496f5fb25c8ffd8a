/**
 * The schedulers: which real server a new connection goes to. One algorithm, one file; each chooses exactly as Linux
 * 6.1 IPVS does for the same rules and the same packets.
 *
 * <p>A scheduler's tables are computed by the control thread when its service changes; workers only choose. A service
 * that a rule change does not touch keeps its scheduler object, and with it cursor and caches.
 */
package io.ringvs.sched;
