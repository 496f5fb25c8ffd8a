package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import io.ringvs.linux.NativeCallException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.agrona.UnsafeApi;

/**
 * Which addresses end a tunnel and which are taken out of it, as the decapsulation program knows them.
 *
 * <p>Layout of a key: {@code decap.h}.
 *
 * <p><b>Threading</b>: one control thread; the program sees each address change as a whole.
 *
 * <p><b>Errors</b>: {@link XdpException} if there are too many; some of those told last may be in effect then.
 */
final class DecapAddresses {
    /** MAX_ADDRESSES of decap.bpf.c. */
    static final int MAX_ADDRESSES = 4096;
    static final int HOST = 0x1;
    static final int VIP = 0x2;
    private static final int FAMILY = 16;
    private static final int KEY_BYTES = 20;

    private final Bpf bpf;
    private final int fd;
    private final Set<WireAddress> vips;
    private final Map<WireAddress, Integer> written = new HashMap<>();

    DecapAddresses(final Bpf bpf, final int fd, final Set<WireAddress> vips) {
        this.bpf = bpf;
        this.fd = fd;
        this.vips = Set.copyOf(vips);
        hosts(Set.of());
    }

    /** Makes these the addresses of this host. */
    void hosts(final Set<WireAddress> hosts) {
        final Map<WireAddress, Integer> wanted = new HashMap<>();
        hosts.forEach((address) -> wanted.merge(address, HOST, (a, b) -> a | b));
        vips.forEach((address) -> wanted.merge(address, VIP, (a, b) -> a | b));
        for (final WireAddress address : Set.copyOf(written.keySet())) {
            if (!wanted.containsKey(address)) {
                delete(address);
                written.remove(address);
            }
        }
        wanted.forEach((address, flags) -> {
            if (!flags.equals(written.get(address))) {
                update(address, flags);
                written.put(address, flags);
            }
        });
    }

    private void update(final WireAddress address, final int flags) {
        final long pair = UnsafeApi.allocateMemory(KEY_BYTES + Integer.BYTES);
        try {
            putKey(pair, address);
            UnsafeApi.putInt(pair + KEY_BYTES, flags);
            bpf.update(fd, pair, pair + KEY_BYTES);
        } catch (final NativeCallException e) {
            throw new XdpException(e.errno() == Errno.E2BIG
                ? "this host and --vip have more than " + MAX_ADDRESSES + " addresses together, too many to unwrap for"
                : "an address could not be told to the decapsulation program: " + e.getMessage(), e);
        } finally {
            UnsafeApi.freeMemory(pair);
        }
    }

    private void delete(final WireAddress address) {
        final long key = UnsafeApi.allocateMemory(KEY_BYTES);
        try {
            putKey(key, address);
            bpf.delete(fd, key);
        } finally {
            UnsafeApi.freeMemory(key);
        }
    }

    private static void putKey(final long key, final WireAddress address) {
        UnsafeApi.putLong(key, address.word0());
        UnsafeApi.putLong(key + Long.BYTES, address.word1());
        UnsafeApi.putInt(key + FAMILY, address.family());
    }
}
