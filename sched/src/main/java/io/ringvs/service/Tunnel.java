package io.ringvs.service;

/**
 * Encapsulation of a tunnelled real server.
 *
 * @param type     ipip, gue or gre
 * @param port     UDP destination port of gue, host order; 0 otherwise
 * @param checksum how the outer checksum is made
 */
public record Tunnel(Type type, int port, Checksum checksum) {
    /** What ipvsadm sends when no tunnel option is given. */
    public static final Tunnel IPIP = new Tunnel(Type.IPIP, 0, Checksum.NONE);

    /** Values of IP_VS_CONN_F_TUNNEL_TYPE_*; the ordinal is the value in netlink. */
    public enum Type { IPIP, GUE, GRE }

    /** Values of IP_VS_TUNNEL_ENCAP_FLAG_*; the ordinal is the value in netlink. */
    public enum Checksum { NONE, CHECKSUM, REMOTE_CHECKSUM }
}
