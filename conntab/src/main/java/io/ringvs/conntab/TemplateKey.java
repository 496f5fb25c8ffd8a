package io.ringvs.conntab;

import io.ringvs.service.AddressMask;
import io.ringvs.service.IpProtocol;
import org.agrona.UnsafeApi;

/**
 * Writes keys of persistence templates, from the key of the packet that asks for one.
 *
 * <pre>
 *   service and packet                     protocol    client          virtual address and port
 *   port is the service's, and not 21      packet's    masked, port 0  packet's destination and port
 *   FTP (port 21, or its data), or port 0  packet's    masked, port 0  packet's destination, port 0
 *   firewall mark                          0 (IP)      masked, port 0  the mark in the first 32 bits, port 0
 * </pre>
 *
 * The kind says that it is a template, so that no packet's own key equals it.
 *
 * <p><b>Threading:</b> pure functions.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_core.c}, {@code ip_vs_sched_persist}.
 */
public final class TemplateKey {
    private static final long CLIENT_PORT = 0xffffL;
    private static final long PORTS = 0xffff_ffffL;
    private static final long PORTS_AND_PROTOCOL = 0xff_ffff_ffffL;
    private static final long TEMPLATE = (long) FlowLayout.TEMPLATE_KIND << 40;

    private TemplateKey() {
    }

    /** The template of the packet's own virtual port. */
    public static void ofPort(final long template, final long packet, final AddressMask mask) {
        writeClient(template, packet, mask);
        writeVirtual(template, packet, CLIENT_PORT);
    }

    /** The template of all ports of the packet's virtual address. */
    public static void ofAddress(final long template, final long packet, final AddressMask mask) {
        writeClient(template, packet, mask);
        writeVirtual(template, packet, PORTS);
    }

    /** The template of a firewall-mark service. */
    public static void ofMark(final long template, final long packet, final AddressMask mask, final int mark) {
        writeClient(template, packet, mask);
        UnsafeApi.putLong(template + FlowLayout.VIRTUAL_ADDRESS, Integer.reverseBytes(mark) & 0xffff_ffffL);
        UnsafeApi.putLong(template + FlowLayout.VIRTUAL_ADDRESS + 8, 0);
        UnsafeApi.putLong(template + FlowLayout.PORTS, ports(packet, PORTS_AND_PROTOCOL)
            | (long) IpProtocol.IP << 32);
    }

    private static void writeClient(final long template, final long packet, final AddressMask mask) {
        UnsafeApi.putLong(template + FlowLayout.CLIENT_ADDRESS,
            UnsafeApi.getLong(packet + FlowLayout.CLIENT_ADDRESS) & mask.word0);
        UnsafeApi.putLong(template + FlowLayout.CLIENT_ADDRESS + 8,
            UnsafeApi.getLong(packet + FlowLayout.CLIENT_ADDRESS + 8) & mask.word1);
    }

    private static void writeVirtual(final long template, final long packet, final long without) {
        UnsafeApi.putLong(template + FlowLayout.VIRTUAL_ADDRESS,
            UnsafeApi.getLong(packet + FlowLayout.VIRTUAL_ADDRESS));
        UnsafeApi.putLong(template + FlowLayout.VIRTUAL_ADDRESS + 8,
            UnsafeApi.getLong(packet + FlowLayout.VIRTUAL_ADDRESS + 8));
        UnsafeApi.putLong(template + FlowLayout.PORTS, ports(packet, without));
    }

    private static long ports(final long packet, final long without) {
        return UnsafeApi.getLong(packet + FlowLayout.PORTS) & ~without & FlowLayout.KEY_MASK | TEMPLATE;
    }
}
