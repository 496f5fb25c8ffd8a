package io.ringvs.replay;

import java.util.HexFormat;

/**
 * A frame at an interface, from the destination MAC address on, without the checksum of the link.
 *
 * @param bytes not to be changed
 */
record PortFrame(String interfaceName, byte[] bytes) {
    String hex() {
        return HexFormat.of().formatHex(bytes);
    }
}
