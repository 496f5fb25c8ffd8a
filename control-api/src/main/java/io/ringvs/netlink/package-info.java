/**
 * Netlink's message header, which the host view (as a client of the kernel) and the IPVS protocol (as a server) share.
 */
package io.ringvs.netlink;
