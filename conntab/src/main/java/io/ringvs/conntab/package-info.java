/**
 * The connection table: which real server every tracked flow belongs to, its protocol state, and when it ends.
 *
 * <p>{@link io.ringvs.conntab.ConnectionTable} is shared by all workers and lock-free;
 * {@link io.ringvs.conntab.WorkerConnections} is one worker's handle to it, with the worker's timers. Everything stands
 * off-heap; nothing here allocates after start.
 */
package io.ringvs.conntab;
