package io.ringvs.conntab;

/**
 * Flags of a connection.
 *
 * <p><b>Source:</b> IP_VS_CONN_F_* of Linux {@code include/uapi/linux/ip_vs.h}. {@link #HELPED},
 * {@link #CONTROLLED} and {@link #EXTENDED} are this table's own, in bits that Linux leaves free, and never leave the
 * process.
 */
public final class ConnectionFlags {
    /** The forwarding method, a value of {@link io.ringvs.service.ForwardingMethod}. */
    public static final int FORWARDING_MASK = 0x0007;
    /** Made by a backup director from a sync message. */
    public static final int SYNC = 0x0020;
    /** Is in the table; true of every connection found here. */
    public static final int HASHED = 0x0040;
    /** A helper (FTP) looks at its packets. */
    public static final int HELPED = 0x0010;
    /** The director has seen no reply, so it steps the state machine by the client's packets alone. */
    public static final int NO_OUTPUT = 0x0080;
    /** Counted as inactive at its destination. */
    public static final int INACTIVE = 0x0100;
    public static final int OUT_SEQUENCE = 0x0200;
    public static final int IN_SEQUENCE = 0x0400;
    /** The client port is not yet known (FTP data connections). */
    public static final int NO_CLIENT_PORT = 0x0800;
    /** A persistence template: never hit by packets. */
    public static final int TEMPLATE = 0x1000;
    /** One-packet scheduling; such a connection is never in the table. */
    public static final int ONE_PACKET = 0x2000;

    /** Has a parent: its template, or the FTP control connection it belongs to. */
    static final int CONTROLLED = 0x4000;
    /** Its cold line is in use. */
    static final int EXTENDED = 0x8000;

    /** What a caller may ask for, and what is shown outside. */
    static final int LINUX_MASK = 0xffff & ~(HELPED | CONTROLLED | EXTENDED);

    private ConnectionFlags() {
    }
}
