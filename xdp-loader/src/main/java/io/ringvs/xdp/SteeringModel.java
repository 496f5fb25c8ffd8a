package io.ringvs.xdp;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.ringvs.xdp.SteeringEntry.Direction;

/**
 * Decides what the steering program decides, without a kernel: for replays of frames that no interface receives.
 *
 * <p><b>Threading</b>: one thread.
 *
 * <p><b>Source</b>: the same questions in the same order as {@code steer.bpf.c}; a test compares the two.
 */
public final class SteeringModel {
    private static final int MAC_BYTES = 6;

    private final Set<SteeringEntry> entries = new HashSet<>();
    private final Map<Long, byte[]> vlans = new HashMap<>();
    private Set<SteeringPrefix> prefixes = Set.of();

    /** Steers what the entry describes. Returns false if it was there already. */
    public boolean put(final SteeringEntry entry) {
        return entries.add(entry);
    }

    /** No longer steers what the entry describes. Returns false if it was not there. */
    public boolean remove(final SteeringEntry entry) {
        return entries.remove(entry);
    }

    /** Makes these the only prefixes that are steered. */
    public void prefixes(final Set<SteeringPrefix> wanted) {
        prefixes = Set.copyOf(wanted);
    }

    /** Steers the frames of a VLAN too; parameters as of {@link VlanMap#replaceAll}. */
    public void vlan(final long tags, final byte[] mac) {
        vlans.put(tags, mac);
    }

    /**
     * What becomes of a frame on a queue that has a socket.
     *
     * @param mac of the interface that the frame came in by
     */
    public XdpVerdict verdict(final byte[] bytes, final byte[] mac) {
        final SteeredFrame frame = new SteeredFrame(bytes);
        final byte[] vlanMac = vlans.get(frame.vlan);
        if (frame.vlan != 0 && vlanMac == null) {
            return XdpVerdict.PASS_VLAN;
        }
        if (frame.family == 0) {
            return XdpVerdict.PASS_NOT_IP;
        }
        if (!isTo(bytes, mac) && (vlanMac == null || !isTo(bytes, vlanMac))) {
            return XdpVerdict.PASS_OTHER_MAC;
        }
        if (matches(frame, Direction.TO_SERVICE, frame.destination0, frame.destination1, frame.destinationPort)) {
            return frame.verdict;
        }
        if (matchesPrefix(frame)) {
            return frame.verdict;
        }
        if (!matches(frame, Direction.FROM_SERVER, frame.server0, frame.server1, frame.sourcePort)) {
            return XdpVerdict.PASS_NO_SERVICE;
        }
        if (entries.contains(new SteeringEntry(
            Direction.TO_HOST, frame.family, frame.destination0, frame.destination1, 0, 0))) {
            return XdpVerdict.PASS_TO_HOST;
        }
        return frame.verdict == XdpVerdict.STEERED_SERVICE ? XdpVerdict.STEERED_REPLY : frame.verdict;
    }

    /** Whether a frame that this machine sends comes from a real server on it; as {@code local.bpf.c} decides. */
    public boolean isFromLocalServer(final byte[] bytes) {
        final SteeredFrame frame = new SteeredFrame(bytes);
        return frame.family != 0
            && matches(frame, Direction.LOCAL_SERVER, frame.server0, frame.server1, frame.sourcePort);
    }

    private static boolean isTo(final byte[] frame, final byte[] mac) {
        return Arrays.equals(frame, 0, MAC_BYTES, mac, 0, MAC_BYTES);
    }

    private boolean matches(
        final SteeredFrame frame, final Direction direction, final long address0, final long address1,
        final int port) {
        return switch (frame.need) {
            case NOTHING -> false;
            case EVERY_PORT -> entries.contains(
                    new SteeringEntry(direction, frame.family, address0, address1, frame.protocol, port))
                || entries.contains(new SteeringEntry(direction, frame.family, address0, address1, frame.protocol, 0));
            case SOME_PORT -> entries.stream().anyMatch(entry -> entry.protocol() == frame.protocol
                && isOf(entry, frame.family, direction, address0, address1));
            case SOME_PROTOCOL -> entries.stream().anyMatch(entry -> entry.protocol() != SteeringEntry.ERRORS_ONLY
                && isOf(entry, frame.family, direction, address0, address1));
            case ERRORS -> entries.stream().anyMatch(
                entry -> isOf(entry, frame.family, direction, address0, address1));
        };
    }

    private boolean matchesPrefix(final SteeredFrame frame) {
        return prefixes.stream().anyMatch(
            prefix -> prefix.contains(frame.family, frame.destination0, frame.destination1)
                && switch (frame.need) {
                    case NOTHING -> false;
                    case EVERY_PORT, SOME_PORT -> prefix.protocol() == frame.protocol;
                    case SOME_PROTOCOL, ERRORS -> true;
                });
    }

    private static boolean isOf(
        final SteeringEntry entry, final int family, final Direction direction, final long address0,
        final long address1) {
        return entry.direction() == direction && entry.family() == family && entry.address0() == address0
            && entry.address1() == address1;
    }
}
