package io.ringvs.control.http;

/**
 * Encapsulation of a tunnelled real server.
 *
 * @param type     ipip, gue or gre
 * @param port     UDP port, of gue only
 * @param checksum none, csum or remcsum
 */
record TunnelDocument(String type, Integer port, String checksum) {
}
