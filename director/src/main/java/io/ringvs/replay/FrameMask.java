package io.ringvs.replay;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Zeroes the fields of an output frame whose value is arbitrary: the identification of IPv4 headers that the director
 * made (one that no input had), the flow label of IPv6 and the identification of IPv6 fragments, the source port of GUE
 * tunnels, times in IPv4 timestamp options, and the checksums that depend on them.
 */
final class FrameMask {
    private static final int ETHERNET_LENGTH = 14;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV6_LENGTH = 40;
    private static final int UDP_LENGTH = 8;
    private static final int PROTOCOL_IPV4 = 4;
    private static final int PROTOCOL_UDP = 17;
    private static final int PROTOCOL_IPV6 = 41;
    private static final int PROTOCOL_FRAGMENT = 44;
    private static final int NO_OPERATION = 1;
    private static final int TIMESTAMP_OPTION = 68;
    private static final int GUE_PORT = 5555;

    private final Set<Integer> inputIds = new HashSet<>();

    /** @param steps whose inputs tell which identifications are not the director's */
    FrameMask(final List<TraceStep> steps) {
        for (final TraceStep step : steps) {
            if (step instanceof TraceStep.FrameIn frame && frame.in().bytes().length >= ETHERNET_LENGTH + 6) {
                inputIds.add(u16(frame.in().bytes(), ETHERNET_LENGTH + 4));
            }
        }
    }

    byte[] apply(final byte[] frame) {
        return apply(frame, frame);
    }

    /**
     * Masks a frame in the fields that are arbitrary in the one that it should equal: its own identifications, which
     * are random, may be those of inputs by chance.
     */
    byte[] apply(final byte[] frame, final byte[] recorded) {
        final byte[] masked = frame.clone();
        if (masked.length < ETHERNET_LENGTH) {
            return masked;
        }
        switch (u16(masked, 12)) {
            case 0x0800 -> ipv4(masked, recorded, ETHERNET_LENGTH);
            case 0x86dd -> ipv6(masked, recorded, ETHERNET_LENGTH);
            default -> { }
        }
        return masked;
    }

    private void ipv4(final byte[] frame, final byte[] recorded, final int start) {
        if (Math.min(frame.length, recorded.length) < start + IPV4_LENGTH) {
            return;
        }
        final boolean own = !inputIds.contains(u16(recorded, start + 4));
        if (own) {
            zero(frame, start + 4, 2);
            zero(frame, start + 10, 2);
        }
        final int next = start + (frame[start] & 0xf) * 4;
        timestamps(frame, start, next);
        final boolean laterFragment = (frame[start + 6] & 0x1f) != 0 || frame[start + 7] != 0;
        if (laterFragment || frame.length < next + UDP_LENGTH) {
            return;
        }
        switch (frame[start + 9] & 0xff) {
            case PROTOCOL_IPV4 -> ipv4(frame, recorded, next);
            case PROTOCOL_IPV6 -> ipv6(frame, recorded, next);
            case PROTOCOL_UDP -> {
                if (own) {
                    maskUdp(frame, next);
                }
            }
            default -> { }
        }
    }

    /** Times in a timestamp option carry the clock. */
    private static void timestamps(final byte[] frame, final int start, final int end) {
        int option = start + IPV4_LENGTH;
        while (option + 3 < Math.min(end, frame.length) && frame[option] != 0) {
            final int length = frame[option] == NO_OPERATION ? 1 : frame[option + 1] & 0xff;
            if (length == 0 || option + length > frame.length) {
                return;
            }
            if (frame[option] == TIMESTAMP_OPTION) {
                final boolean timesOnly = (frame[option + 3] & 0xf) == 0;
                for (int time = option + (timesOnly ? 4 : 8); time + 4 <= option + length; time += timesOnly ? 4 : 8) {
                    zero(frame, time, 4);
                }
                zero(frame, start + 10, 2);
            }
            option += length;
        }
    }

    private void ipv6(final byte[] frame, final byte[] recorded, final int start) {
        if (frame.length < start + IPV6_LENGTH) {
            return;
        }
        zero(frame, start + 1, 3);
        final int next = start + IPV6_LENGTH;
        switch (frame[start + 6] & 0xff) {
            case PROTOCOL_FRAGMENT -> {
                if (frame.length >= next + UDP_LENGTH) {
                    zero(frame, next + 4, 4);
                }
            }
            case PROTOCOL_IPV4 -> ipv4(frame, recorded, next);
            case PROTOCOL_IPV6 -> ipv6(frame, recorded, next);
            case PROTOCOL_UDP -> {
                if (frame.length >= next + IPV4_LENGTH && u16(frame, next + 2) == GUE_PORT) {
                    maskUdp(frame, next);
                }
            }
            default -> { }
        }
    }

    private static void maskUdp(final byte[] frame, final int start) {
        zero(frame, start, 2);
        zero(frame, start + 6, 2);
    }

    private static void zero(final byte[] bytes, final int from, final int count) {
        for (int i = from; i < from + count; i++) {
            bytes[i] = 0;
        }
    }

    private static int u16(final byte[] bytes, final int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }
}
