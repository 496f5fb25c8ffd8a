package io.ringvs.director;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.ringvs.host.HostView;
import io.ringvs.host.Link;
import io.ringvs.host.MacAddress;
import io.ringvs.xdp.XdpException;
import io.ringvs.xdp.XdpProgram;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the steering programs what became of their interface and the VLAN interfaces on it: frames for foreign MAC
 * addresses, and of VLANs that this host is not in, are left alone.
 *
 * <p><b>Threading:</b> control thread.
 */
final class OwnLinks {
    private static final Logger LOGGER = LoggerFactory.getLogger(OwnLinks.class);

    private final HostView host;
    private final List<XdpProgram> programs;
    private final Map<String, MacAddress> told = new HashMap<>();
    private final Map<String, Map<Long, MacAddress>> toldVlans = new HashMap<>();
    /** Interfaces of which it was said that they take tags off. */
    private final Set<String> warned = new HashSet<>();

    OwnLinks(final HostView host, final List<XdpProgram> programs) {
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
            followVlans(program);
        }
    }

    private void followVlans(final XdpProgram program) {
        final String name = program.interfaceName();
        final Map<Long, MacAddress> vlans = new HashMap<>();
        host.vlansOn(program.device().index()).forEach((tags, link) -> vlans.put(tags, link.mac()));
        if (vlans.equals(toldVlans.getOrDefault(name, Map.of()))) {
            return;
        }
        // also when they cannot be told: once is enough to say it
        toldVlans.put(name, vlans);
        final Map<Long, byte[]> macs = new HashMap<>();
        vlans.forEach((tags, mac) -> macs.put(tags, mac.bytes()));
        try {
            program.vlanMap().replaceAll(macs);
        } catch (final XdpException e) {
            LOGGER.error("{}: {}", name, e.getMessage());
        }
        if (program.device().untagging() && !vlans.isEmpty() && warned.add(name)) {
            LOGGER.warn("{} has VLAN interfaces, but takes the tags off received frames before RingVS sees them: they "
                + "then seem to be of no VLAN; turn that off with `ethtool -K {} rxvlan off`, and start again",
                name, name);
        }
    }
}
