package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;
import io.ringvs.xdp.SteeringEntry.Direction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.UnsafeApi;

/**
 * What the steering programs of all interfaces look for; changed entry by entry while they run.
 *
 * <p>An entry with a port is one key of the kernel's map. Besides, each address has a key of its own that says which
 * protocols it serves, on every port or not: by it the program judges fragments, ICMP errors and port-0 services with
 * one look-up. This class keeps the two in step. A frame that arrives after a method returned is judged by the new
 * entries.
 *
 * <p><b>Threading</b>: one control thread. The kernel sees each key change as a whole.
 *
 * <p><b>Errors</b>: {@link XdpException} if the map is full or the kernel has no memory; nothing has changed then.
 */
public final class SteeringMap implements AutoCloseable {
    /** Room for 131072 services that each have an address of their own; empty it costs 4 MiB of kernel memory. */
    public static final int DEFAULT_MAX_KEYS = 1 << 18;

    private final Bpf bpf;
    private final int maxKeys;
    private final int servicesFd;
    private final int configFd;
    private final PrefixMap prefixMap;
    private final long key = UnsafeApi.allocateMemory(SteeringLayout.KEY_BYTES);
    private final long value = UnsafeApi.allocateMemory(Long.BYTES);
    private final Set<SteeringEntry> entries = new HashSet<>();
    private final Map<SteeredAddress, SteeredAddress> addresses = new HashMap<>();
    /** How many entries of each direction there are. */
    private final int[] counts = new int[Direction.values().length];
    private boolean closed;

    private SteeringMap(
        final Bpf bpf, final int maxKeys, final int servicesFd, final int configFd, final PrefixMap prefixMap) {
        this.bpf = bpf;
        this.maxKeys = maxKeys;
        this.servicesFd = servicesFd;
        this.configFd = configFd;
        this.prefixMap = prefixMap;
    }

    /** Creates an empty map for at most {@code maxKeys} keys; every entry takes one, and every address one more. */
    public static SteeringMap create(final int maxKeys) {
        final Bpf bpf = Bpf.get();
        final int servicesFd = bpf.createMap(Bpf.MAP_TYPE_HASH, "rvs_services", SteeringLayout.KEY_BYTES,
            SteeringLayout.VALUE_BYTES, maxKeys, Bpf.F_NO_PREALLOC);
        int configFd = -1;
        try {
            configFd = bpf.createMap(Bpf.MAP_TYPE_ARRAY, "rvs_config", Integer.BYTES, Integer.BYTES, 1, 0);
            return new SteeringMap(bpf, maxKeys, servicesFd, configFd, new PrefixMap(bpf));
        } catch (final NativeCallException e) {
            LinuxCalls.close(servicesFd);
            if (configFd >= 0) {
                LinuxCalls.close(configFd);
            }
            throw e;
        }
    }

    /** Steers what the entry describes. Returns false if it was there already. */
    public boolean put(final SteeringEntry entry) {
        if (entries.contains(entry)) {
            return false;
        }
        final SteeredAddress lookup = new SteeredAddress(entry);
        final SteeredAddress known = addresses.get(lookup);
        final SteeredAddress address = known == null ? lookup : known;
        address.add(entry);
        final int count = ++counts[entry.direction().ordinal()];
        try {
            writePort(entry);
            writeAddress(entry, address);
            if (count == 1) {
                writeConfig();
            }
        } catch (final NativeCallException e) {
            counts[entry.direction().ordinal()]--;
            address.remove(entry);
            erasePort(entry);
            eraseOrWriteAddress(entry, address);
            throw explain(e);
        }
        addresses.putIfAbsent(address, address);
        entries.add(entry);
        return true;
    }

    /** No longer steers what the entry describes. Returns false if it was not there. */
    public boolean remove(final SteeringEntry entry) {
        if (!entries.remove(entry)) {
            return false;
        }
        final SteeredAddress address = addresses.get(new SteeredAddress(entry));
        address.remove(entry);
        if (--counts[entry.direction().ordinal()] == 0) {
            writeConfig();
        }
        eraseOrWriteAddress(entry, address);
        erasePort(entry);
        if (address.isEmpty()) {
            addresses.remove(address);
        }
        return true;
    }

    /**
     * Makes the given entries the only ones by adding what is missing, then removing what is too much; entries in both
     * are not touched, so their traffic is steered throughout. If there is no room for all at once nothing changes.
     */
    public void replaceAll(final Set<SteeringEntry> wanted) {
        final List<SteeringEntry> added = new ArrayList<>();
        try {
            for (final SteeringEntry entry : wanted) {
                if (put(entry)) {
                    added.add(entry);
                }
            }
        } catch (final XdpException e) {
            added.forEach(this::remove);
            throw e;
        }
        if (entries.size() != wanted.size()) {
            final List<SteeringEntry> surplus = new ArrayList<>(entries);
            surplus.removeAll(Set.copyOf(wanted));
            surplus.forEach(this::remove);
        }
    }

    /**
     * Makes these the only prefixes that are steered. A frame is compared with them after all entries, and
     * whatever its port.
     */
    public void prefixes(final Set<SteeringPrefix> wanted) {
        try {
            prefixMap.replaceAll(wanted);
            writeConfig();
        } catch (final NativeCallException e) {
            throw e.errno() == Errno.ENOSPC
                ? new XdpException(
                    "the map of prefixes is full: it has room for " + PrefixMap.MAX_KEYS + " prefixes", e)
                : explain(e);
        }
    }

    /** The prefixes that are steered now. */
    public Set<SteeringPrefix> prefixes() {
        return prefixMap.prefixes();
    }

    /** The entries that are steered now. */
    public Set<SteeringEntry> entries() {
        return Collections.unmodifiableSet(entries);
    }

    /** Gives up the map; attached programs keep it until they are closed. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LinuxCalls.close(servicesFd);
            LinuxCalls.close(configFd);
            prefixMap.close();
            UnsafeApi.freeMemory(key);
            UnsafeApi.freeMemory(value);
        }
    }

    int servicesFd() {
        return servicesFd;
    }

    int configFd() {
        return configFd;
    }

    int prefixesFd() {
        return prefixMap.fd();
    }

    private void writePort(final SteeringEntry entry) {
        if (entry.port() != 0) {
            SteeringLayout.putKey(key, entry, entry.protocol(), entry.port());
            UnsafeApi.putInt(value, SteeringLayout.SERVICE_STEER);
            bpf.update(servicesFd, key, value);
        }
    }

    private void erasePort(final SteeringEntry entry) {
        if (entry.port() != 0) {
            SteeringLayout.putKey(key, entry, entry.protocol(), entry.port());
            bpf.delete(servicesFd, key);
        }
    }

    private void writeAddress(final SteeringEntry entry, final SteeredAddress address) {
        SteeringLayout.putKey(key, entry, 0, 0);
        UnsafeApi.putInt(value, address.flags());
        bpf.update(servicesFd, key, value);
    }

    private void eraseOrWriteAddress(final SteeringEntry entry, final SteeredAddress address) {
        if (address.isEmpty()) {
            SteeringLayout.putKey(key, entry, 0, 0);
            bpf.delete(servicesFd, key);
        } else {
            writeAddress(entry, address);
        }
    }

    private void writeConfig() {
        UnsafeApi.putInt(key, 0);
        UnsafeApi.putInt(value, flag(Direction.FROM_SERVER, SteeringLayout.CONFIG_SERVER_REPLIES)
            | flag(Direction.LOCAL_SERVER, SteeringLayout.CONFIG_LOCAL_SERVERS)
            | (prefixMap.prefixes().isEmpty() ? 0 : SteeringLayout.CONFIG_PREFIXES));
        bpf.update(configFd, key, value);
    }

    private int flag(final Direction direction, final int flag) {
        return counts[direction.ordinal()] == 0 ? 0 : flag;
    }

    private XdpException explain(final NativeCallException e) {
        return switch (e.errno()) {
            case Errno.E2BIG -> new XdpException("the steering map is full: it has room for " + maxKeys
                + " keys, one an address and one a port", e);
            case Errno.ENOMEM -> new XdpException("the kernel has no memory for another steering entry", e);
            default -> new XdpException("the steering map could not be changed: " + e.getMessage(), e);
        };
    }
}
