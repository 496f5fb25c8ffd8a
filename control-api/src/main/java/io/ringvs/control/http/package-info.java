/**
 * The HTTP API: the objects of the command line as JSON, on the control socket and on loopback TCP.
 *
 * <pre>
 *   bytes -> HttpConnection (Netty's HTTP codec) -> HttpApi -> Route -> ...Resource -> RuleSet, settings, marks
 *                                                                +-> documents (records, Jackson) -> Reply -> bytes
 * </pre>
 *
 * <p>Everything runs on the control thread and never waits. The rules are checked by the one
 * {@link io.ringvs.control.RuleSet}; what is checked here is only whether a document says anything at all.
 */
package io.ringvs.control.http;
