/**
 * The server's side of the kernel's IPVS protocol over generic netlink: what ipvsadm and keepalived speak.
 *
 * <p>It reads requests, asks the {@link io.ringvs.control.RuleSet} and writes answers, in the byte order of the host as
 * netlink does; a field that lies in network order says so.
 */
package io.ringvs.control.netlink;
