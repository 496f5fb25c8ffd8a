package io.ringvs.service;

/**
 * A real server of a virtual service as a snapshot holds it.
 *
 * @param id            destination id: its row in {@link DestinationTable}, its place among the adjacencies
 * @param statisticsRow its row in {@link Statistics}
 * @param config        what the rules say of it
 */
public record RealServer(int id, int statisticsRow, DestinationConfig config) {
}
