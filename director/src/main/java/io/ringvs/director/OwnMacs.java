package io.ringvs.director;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ringvs.host.HostView;
import io.ringvs.host.Link;
import io.ringvs.host.MacAddress;
import io.ringvs.xdp.XdpProgram;

/**
 * Tells the steering programs when their interface got another MAC address: they leave frames for foreign ones alone.
 *
 * <p><b>Threading:</b> control thread.
 */
final class OwnMacs {
    private final HostView host;
    private final List<XdpProgram> programs;
    private final Map<String, MacAddress> told = new HashMap<>();

    OwnMacs(final HostView host, final List<XdpProgram> programs) {
        this.host = host;
        this.programs = List.copyOf(programs);
    }

    /** Compares and tells; cheap enough for every turn of the control thread. */
    void follow() {
        for (final XdpProgram program : programs) {
            final Link link = host.link(program.device().index());
            if (link != null && link.mac() != null && !link.mac().equals(told.get(program.interfaceName()))) {
                program.hostMacs().setOwn(link.mac().bytes());
                told.put(program.interfaceName(), link.mac());
            }
        }
    }
}
