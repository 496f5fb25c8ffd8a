/**
 * What the kernel knows about the way to a real server: links, addresses, routes and neighbours, read by rtnetlink.
 *
 * <pre>
 *   kernel --rtnetlink dump + monitor--> RtnetlinkSocket -> *Message (decode) -> HostState
 *                                                                                   |
 *   watched destinations -> AdjacencyResolver <- lookup (route, then neighbour) <- HostView
 *                                 |        \-- RTM_NEWNEIGH, NTF_USE --> kernel asks by ARP or ND
 *                                 v
 *                             Adjacency of each destination, for the next snapshot
 * </pre>
 *
 * <p>All of it belongs to the control thread; nothing here blocks for longer than the kernel needs to copy its tables.
 * The kernel stays in charge: RingVS adds no route, no address and no permanent neighbour.
 */
package io.ringvs.host;
