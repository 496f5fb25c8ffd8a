package io.ringvs.host;

import java.util.List;

import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

import org.agrona.concurrent.UnsafeBuffer;

/** Any bytes are what the kernel tells of links, addresses, neighbours and routes; ways are found nevertheless. */
public final class RtnetlinkFuzzTarget {
    private static final List<IpAddress> PLACES =
        List.of(IpAddress.parse("198.51.100.9"), IpAddress.parse("10.9.0.2"), IpAddress.parse("2001:db8::9"));
    private static final List<IpAddress> ANYWHERE =
        List.of(IpAddress.ofWords(Family.IPV4, 0, 0), IpAddress.ofWords(Family.IPV6, 0, 0));

    private RtnetlinkFuzzTarget() {
    }

    /** Messages as the kernel sends them, one and several in a datagram. */
    public static List<byte[]> seeds() {
        return RtnetlinkDecodeTest.seeds();
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        final HostState state = new HostState();
        final NetlinkMessage message = new NetlinkMessage().wrap(new UnsafeBuffer(data), 0, data.length);
        while (message.next()) {
            state.apply(message);
        }
        final RouteSelection selection = new RouteSelection(state);
        PLACES.forEach(selection::lookup);
        ANYWHERE.forEach(selection::lookup);
        for (final Link link : state.links()) {
            state.egress(link);
            state.vlansOn(link.index());
        }
    }
}
