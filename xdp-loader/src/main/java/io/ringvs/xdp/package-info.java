/**
 * The XDP programs in the kernel, and the maps by which RingVS tells them what to do: the director's steering program,
 * and the decapsulation program of real servers ({@link io.ringvs.xdp.DecapProgram}).
 *
 * <pre>
 *   SteeringMap (one a daemon) ---- shared by ----+
 *                                                 v
 *   frame --> XdpProgram (one an interface): whose is it? --> XskMap[queue] --> AF_XDP socket
 *                     |   \--> XdpCounters                \--> no socket: kernel
 *                     +--> nothing of ours: kernel
 * </pre>
 *
 * <p>All of it belongs to the control thread; the kernel reads the maps concurrently and sees each entry appear or
 * disappear as a whole. Failures are {@link io.ringvs.xdp.XdpException}: one sentence for the operator.
 */
package io.ringvs.xdp;
