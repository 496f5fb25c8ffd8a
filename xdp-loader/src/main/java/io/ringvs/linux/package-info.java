/**
 * The Linux system calls that RingVS makes, as static methods over raw addresses.
 *
 * <p>Nothing here knows about packets, rings or services. Calls made per batch return a count or {@code -errno} and
 * never throw; calls made while setting up throw {@link io.ringvs.linux.NativeCallException}. All of them may be made
 * from any thread; the few that concern the calling thread say so.
 */
package io.ringvs.linux;
