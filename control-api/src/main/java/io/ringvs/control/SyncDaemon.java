package io.ringvs.control;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * A connection synchronisation daemon, as asked for (0 and null mean "not given") or as it runs.
 *
 * @param role          master or backup; null when something else was asked for, which is refused
 * @param interfaceName the interface its multicast uses
 * @param syncId        0..255
 * @param maxLength     longest message in bytes
 * @param group         multicast group
 * @param port          UDP port, host order
 * @param ttl           multicast TTL
 */
public record SyncDaemon(
    Role role, String interfaceName, int syncId, int maxLength, IpAddress group, int port, int ttl) {

    /** Which way the daemon works. */
    public enum Role { MASTER, BACKUP }

    private static final IpAddress DEFAULT_GROUP = IpAddress.of(new byte[] {(byte) 224, 0, 0, 81});
    private static final int DEFAULT_PORT = 8848;
    private static final int ETHERNET_MTU = 1500;
    private static final int MAX_PACKET = 65535;
    private static final int MIN_BACKUP_LENGTH = 1024;
    private static final int IPV4_UDP_HEADERS = 20 + 8;
    private static final int IPV6_UDP_HEADERS = 40 + 8;

    /**
     * The values in force, with Linux's defaults for what was not given.
     *
     * <p><b>Source:</b> Linux 6.1 {@code ip_vs_sync.c}, start_sync_thread.
     */
    SyncDaemon effective(final int interfaceMtu) {
        final IpAddress usedGroup = group == null ? DEFAULT_GROUP : group;
        final int headers = usedGroup.family() == Family.IPV4 ? IPV4_UDP_HEADERS : IPV6_UDP_HEADERS;
        final boolean backup = role == Role.BACKUP;
        final int mtu = backup ? Math.min(Math.max(interfaceMtu, ETHERNET_MTU), MAX_PACKET) : ETHERNET_MTU;
        final int length = maxLength == 0
            ? mtu - headers
            : Math.min(Math.max(maxLength, backup ? MIN_BACKUP_LENGTH : 1), MAX_PACKET - headers);
        return new SyncDaemon(
            role, interfaceName, syncId, length, usedGroup, port == 0 ? DEFAULT_PORT : port, ttl == 0 ? 1 : ttl);
    }
}
