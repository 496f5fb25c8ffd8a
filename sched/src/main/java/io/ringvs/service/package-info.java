/**
 * The model of rules (virtual services, real servers) and the live counters that belong to them.
 *
 * <p>Records are immutable and made by the control thread. Live state that must outlast a rule change (connection
 * counts, overload flag, packet counters) stands in off-heap rows with stable numbers: {@link DestinationTable} and
 * {@link Statistics}.
 */
package io.ringvs.service;
