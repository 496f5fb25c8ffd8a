/**
 * The packet path: workers that take batches of frames from the rings through the stages to the rings again.
 *
 * <pre>
 *   Port.receive -> PacketParser -> ConnectionTable.lookup -> ConnectionStage (ConnectionOpener for the misses)
 *       -> ForwardStage -> EgressQueue -> Port.transmit
 *                      `-> ParkingRing (no MAC address yet)   `-> HostPath (left to the host)   `-> free frames (drops)
 * </pre>
 *
 * <p>Each stage is a loop over the whole batch, so that the memory misses of many packets overlap.
 *
 * <p><b>Threading:</b> a worker owns everything here that it was given, {@link io.ringvs.fastpath.WorkerCounters}
 * excepted, which any thread may read. It shares with others only the connection table, the live state of destinations,
 * statistics rows of its own and the published snapshot, and takes no lock.
 */
package io.ringvs.fastpath;
