package io.ringvs.replay;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

import io.ringvs.control.Steering;
import io.ringvs.service.IpAddress;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.MarkRules;
import io.ringvs.xdp.SteeringEntry;
import io.ringvs.xdp.SteeringEntry.Direction;
import io.ringvs.xdp.XdpVerdict;

/**
 * Decides which frames come to the workers and which stay with the host: what the XDP program decides, for frames that
 * no kernel receives.
 *
 * <p><b>Source:</b> the same questions in the same order as {@code steer.bpf.c}.
 */
final class Classifier implements Steering {
    private static final int MAC_LENGTH = 6;

    private final Set<SteeringEntry> entries = new HashSet<>();

    @Override
    public void add(final Collection<ServiceKey> services) {
        services.stream().filter(key -> !key.isFwmark()).map(Classifier::entry).forEach(entries::add);
    }

    @Override
    public void remove(final Collection<ServiceKey> services) {
        services.stream().filter(key -> !key.isFwmark()).map(Classifier::entry).forEach(entries::remove);
    }

    /** Adds what packets of mark rules are sent to. */
    void steer(final Collection<MarkRules.Steered> marked) {
        marked.stream().map(each -> entry(Direction.TO_SERVICE, each.address(), each.protocol(), each.port()))
            .forEach(entries::add);
    }

    private static SteeringEntry entry(final ServiceKey key) {
        return entry(Direction.TO_SERVICE, key.address(), key.protocol(), key.port());
    }

    private static SteeringEntry entry(
        final Direction direction, final IpAddress address, final int protocol, final int port) {
        return new SteeringEntry(
            direction, address.family().ipVersion(), address.word0(), address.word1(), protocol, port);
    }

    /** @param mac of the interface that the frame came in by */
    XdpVerdict classify(final byte[] bytes, final byte[] mac) {
        final SteeredFrame frame = new SteeredFrame(bytes);
        if (frame.family == null) {
            return XdpVerdict.PASS_NOT_IP;
        }
        if (!Arrays.equals(bytes, 0, MAC_LENGTH, mac, 0, MAC_LENGTH)) {
            return XdpVerdict.PASS_OTHER_MAC;
        }
        if (frame.need == SteeredFrame.Need.NOTHING) {
            return XdpVerdict.PASS_NO_SERVICE;
        }
        if (matches(frame, Direction.TO_SERVICE, frame.destination, frame.destinationPort)) {
            return frame.verdict;
        }
        if (!matches(frame, Direction.FROM_SERVER, frame.server, frame.sourcePort)) {
            return XdpVerdict.PASS_NO_SERVICE;
        }
        if (entries.contains(entry(Direction.TO_HOST, frame.destination, 0, 0))) {
            return XdpVerdict.PASS_TO_HOST;
        }
        return frame.verdict == XdpVerdict.STEERED_SERVICE ? XdpVerdict.STEERED_REPLY : frame.verdict;
    }

    private boolean matches(
        final SteeredFrame frame, final Direction direction, final IpAddress address, final int port) {
        return switch (frame.need) {
            case NOTHING -> false;
            case EVERY_PORT -> entries.contains(entry(direction, address, frame.protocol, port))
                || entries.contains(entry(direction, address, frame.protocol, 0));
            case SOME_PORT -> entries.stream().anyMatch(
                each -> isOf(each, direction, address) && each.protocol() == frame.protocol);
            case SOME_PROTOCOL, ERRORS -> entries.stream().anyMatch(each -> isOf(each, direction, address));
        };
    }

    private static boolean isOf(final SteeringEntry entry, final Direction direction, final IpAddress address) {
        return entry.direction() == direction && entry.family() == address.family().ipVersion()
            && entry.address0() == address.word0() && entry.address1() == address.word1();
    }
}
