package io.ringvs.xdp;

import io.ringvs.linux.NativeCallException;
import org.agrona.UnsafeApi;

/**
 * The MAC addresses by which frames on one interface are sent to this machine; others are left to the kernel.
 *
 * <p>The kernel tells frames for this host from flooded ones only after XDP, and IPVS sees the former only. So the
 * program compares by itself: with the interface's own address first, then with those of macvlan interfaces on top of
 * it, such as VRRP's virtual MAC addresses. Those of VLAN interfaces stand in the {@link VlanMap}.
 *
 * <p><b>Threading</b>: one control thread; the program sees each change as a whole.
 */
public final class HostMacs {
    private static final int MAC_BYTES = 6;

    private final Bpf bpf;
    private final int ownFd;
    private final int othersFd;

    HostMacs(final Bpf bpf, final int ownFd, final int othersFd) {
        this.bpf = bpf;
        this.ownFd = ownFd;
        this.othersFd = othersFd;
    }

    /** Follows a change of the interface's own address. */
    public void setOwn(final byte[] mac) {
        final long buffer = UnsafeApi.allocateMemory(2 * Long.BYTES);
        try {
            UnsafeApi.putLong(buffer, 0L);
            putMac(buffer + Long.BYTES, mac);
            bpf.update(ownFd, buffer, buffer + Long.BYTES);
        } finally {
            UnsafeApi.freeMemory(buffer);
        }
    }

    /** Takes frames to a further address too. */
    public void addOther(final byte[] mac) {
        final long buffer = UnsafeApi.allocateMemory(2 * Long.BYTES);
        try {
            putMac(buffer, mac);
            UnsafeApi.putLong(buffer + Long.BYTES, 1L);
            bpf.update(othersFd, buffer, buffer + Long.BYTES);
        } catch (final NativeCallException e) {
            throw new XdpException("a further MAC address could not be added: " + e.getMessage(), e);
        } finally {
            UnsafeApi.freeMemory(buffer);
        }
    }

    /** No longer takes frames to a further address. Returns false if it was not among them. */
    public boolean removeOther(final byte[] mac) {
        final long buffer = UnsafeApi.allocateMemory(Long.BYTES);
        try {
            putMac(buffer, mac);
            return bpf.delete(othersFd, buffer);
        } finally {
            UnsafeApi.freeMemory(buffer);
        }
    }

    /** As {@code mac_word} of parse.h: the 6 bytes in memory order, then 2 zero bytes. */
    static void putMac(final long address, final byte[] mac) {
        if (mac.length != MAC_BYTES) {
            throw new IllegalArgumentException("a MAC address has 6 bytes, not " + mac.length);
        }
        UnsafeApi.putLong(address, 0L);
        for (int i = 0; i < MAC_BYTES; i++) {
            UnsafeApi.putByte(address + i, mac[i]);
        }
    }
}
