/**
 * The forwarding methods: what changes in a frame so that it reaches its real server.
 *
 * <p>Each method first takes the step that all share, {@link io.ringvs.forward.RouteStep}, and then rewrites in place.
 * They are static functions, chosen by the connection's method, and answer with a verdict.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_xmit.c}.
 */
package io.ringvs.forward;
