package io.ringvs.replay;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Tells which interface a captured frame came in by, as a capture does not: the one whose MAC address it was sent to;
 * of other frames the one that the sender is a neighbour of; otherwise the first.
 */
final class InterfaceGuess {
    private static final HexFormat MAC = HexFormat.ofDelimiter(":");
    private static final int MAC_LENGTH = 6;

    private final Map<String, String> byMac = new HashMap<>();
    private final Map<String, String> bySender = new HashMap<>();
    private final String first;

    InterfaceGuess(final Topology topology) {
        topology.interfaces().forEach(each -> byMac.putIfAbsent(each.mac(), each.name()));
        topology.neighbours().forEach(each -> bySender.putIfAbsent(each.mac(), each.dev()));
        first = topology.interfaces().get(0).name();
    }

    String interfaceOf(final byte[] frame) {
        final String receiver = byMac.get(mac(frame, 0));
        return receiver != null ? receiver : bySender.getOrDefault(mac(frame, MAC_LENGTH), first);
    }

    private static String mac(final byte[] frame, final int offset) {
        return frame.length < offset + MAC_LENGTH ? "" : MAC.formatHex(frame, offset, offset + MAC_LENGTH);
    }
}
