/**
 * Packet memory and the four AF_XDP rings, over a kernel socket or over plain memory.
 *
 * <pre>
 *            kernel (or KernelSide)                        worker
 *
 *     fill ring        consumes  &lt;---- frame addresses ----  produces      frames the kernel may receive into
 *     RX ring          produces  ----- descriptors --------&gt;  consumes      packets received
 *     TX ring          consumes  &lt;---- descriptors ---------  produces      packets to send
 *     completion ring  produces  ----- frame addresses ----&gt;  consumes      frames the kernel has sent
 * </pre>
 *
 * <p><b>Conventions</b>, stated here once and relied on everywhere in the package:
 * <ul>
 * <li>An <i>address</i> is a byte offset from the start of the UMEM; a <i>pointer</i> is a place in this process. All
 *     values are in host byte order, since the peer is the kernel of the same machine.
 * <li>Indexes are 32-bit and run freely through 2^32; their difference is the number of entries held, their low bits
 *     the position. Each side writes its own index only and keeps a local copy of the other's, refreshed when it says
 *     that there is not enough.
 * <li>Entries are numbered from the side's own index: entry 0 is the next one to be submitted or released.
 * <li>A producer reserves, writes, submits; a consumer peeks, reads, releases. Reserving and peeking change nothing
 *     shared and may be repeated.
 * <li>A store-release of the producer index makes the entries before it visible to the acquire-load of it on the
 *     other side; a store-release of the consumer index says that the entries before it have been read and may be
 *     overwritten by whoever acquire-loads it. The kernel's half is in Linux net/xdp/xsk_queue.h, which names the
 *     pairs (A) to (D); the comments here use these letters.
 * </ul>
 *
 * <p><b>Threading</b>: a ring, a port and a frame stack belong to one worker; nothing here is shared between threads
 * but the words in ring memory, and those with the kernel only.
 *
 * <p><b>Frames</b>: at every moment each frame of a UMEM is in exactly one of: a fill ring or the kernel behind it, an
 * RX ring, the worker's batch, a TX ring or the kernel behind it, a completion ring, the worker's {@link FrameStack}.
 *
 * <p><b>Source</b>: Linux Documentation/networking/af_xdp.rst.
 */
package io.ringvs.ring;
