package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import io.ringvs.linux.NativeCallException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.agrona.UnsafeApi;

/**
 * The VLANs that this machine is in by interfaces on top of one: tagged frames of these are judged like untagged ones,
 * those of others are the kernel's.
 *
 * <p>A VLAN is named by its tags as they stand on the wire, up to two of 4 bytes, the outer one first, without priority
 * bits: natively loaded into a word whose further bytes are 0.
 *
 * <p><b>Threading</b>: one control thread; the program sees each VLAN's change as a whole.
 *
 * <p><b>Errors</b>: {@link XdpException} if there are too many; those told before stay.
 */
public final class VlanMap {
    /** MAX_VLANS of steer.bpf.c. */
    static final int MAX_VLANS = 8192;

    private final Bpf bpf;
    private final int fd;
    private final Map<Long, byte[]> written = new HashMap<>();

    VlanMap(final Bpf bpf, final int fd) {
        this.bpf = bpf;
        this.fd = fd;
    }

    /**
     * One tag, as the first or only one of a name.
     *
     * @param type EtherType of the tag, 0x8100 or 0x88a8
     * @param id   VLAN number, 1 to 4095
     */
    static long tag(final int type, final int id) {
        return Short.toUnsignedLong(Short.reverseBytes((short)type))
            | Short.toUnsignedLong(Short.reverseBytes((short)id)) << Short.SIZE;
    }

    /**
     * Makes these the only VLANs.
     *
     * @param vlans MAC address, of 6 bytes, of this machine's interface in each
     */
    public void replaceAll(final Map<Long, byte[]> vlans) {
        if (vlans.size() > MAX_VLANS) {
            throw new XdpException("there are " + vlans.size() + " VLAN interfaces on one interface, more than "
                + MAX_VLANS + ": no further ones are served");
        }
        for (final Long tags : Set.copyOf(written.keySet())) {
            if (!vlans.containsKey(tags)) {
                delete(tags);
                written.remove(tags);
            }
        }
        vlans.forEach((tags, mac) -> {
            if (!Arrays.equals(mac, written.get(tags))) {
                update(tags, mac);
                written.put(tags, mac.clone());
            }
        });
    }

    private void update(final long tags, final byte[] mac) {
        final long pair = UnsafeApi.allocateMemory(2 * Long.BYTES);
        try {
            UnsafeApi.putLong(pair, tags);
            HostMacs.putMac(pair + Long.BYTES, mac);
            bpf.update(fd, pair, pair + Long.BYTES);
        } catch (final NativeCallException e) {
            throw new XdpException("a VLAN could not be told to the steering program: " + Errno.text(e.errno()), e);
        } finally {
            UnsafeApi.freeMemory(pair);
        }
    }

    private void delete(final long tags) {
        final long key = UnsafeApi.allocateMemory(Long.BYTES);
        try {
            UnsafeApi.putLong(key, tags);
            bpf.delete(fd, key);
        } finally {
            UnsafeApi.freeMemory(key);
        }
    }
}
