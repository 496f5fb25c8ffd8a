/**
 * Packets on the wire: where the fields of each header are, what a received frame contains, and the verdict on it.
 *
 * <p>Header classes are static functions over a raw pointer to the header's first byte; they check nothing. Lengths are
 * checked once, by {@link io.ringvs.packet.PacketParser}. Fields are in network byte order; what is called a wire word
 * or wire value is such a field as a native load gives it, compared but never swapped.
 *
 * <p><b>Threading:</b> a batch and its parser belong to one worker.
 */
package io.ringvs.packet;
