package io.ringvs.fastpath;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

/** A director whose HTTP service 10.0.0.100:80 has two real servers that take turns, and what a client sends there. */
final class TwoServers {
    final TestDirector director = new TestDirector();
    final ServiceKey http = director.rules.addService(IpProtocol.TCP, "10.0.0.100", 80, "rr");
    final int second = director.rules.addServer(http, "192.168.1.12", 80, TestDirector.SERVERS);
    /** Its turn comes first, as the newest's does. */
    final int first = director.rules.addServer(http, "192.168.1.11", 80, TestDirector.SERVERS);

    TwoServers() {
        director.publish();
    }

    static byte[] tcp(final int clientPort, final int flags) {
        return FrameBuilder.tcp(flags).from("198.51.100.7", clientPort).build();
    }
}
