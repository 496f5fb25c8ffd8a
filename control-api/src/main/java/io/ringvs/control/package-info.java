/**
 * The control plane: the rules as one model that every interface changes, the way from a changed rule to a snapshot
 * that the workers use, statistics, and the control socket.
 *
 * <p>Everything here runs on the one control thread.
 */
package io.ringvs.control;
