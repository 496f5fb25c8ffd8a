package io.ringvs.director;

import io.ringvs.control.HostAddresses;
import io.ringvs.host.HostView;
import io.ringvs.host.Link;
import io.ringvs.host.RouteLookup;
import io.ringvs.service.IpAddress;

/**
 * Answers what rules ask about the host from the kernel's tables.
 *
 * <p><b>Threading:</b> control thread.
 */
record KernelHost(HostView view) implements HostAddresses {
    @Override
    public boolean isLocal(final IpAddress address) {
        return view.isLocal(address);
    }

    @Override
    public boolean isBroadcast(final IpAddress address) {
        return view.lookup(address).outcome() == RouteLookup.Outcome.NOT_UNICAST;
    }

    @Override
    public int interfaceMtu(final String name) {
        final Link link = view.link(name);
        return link == null ? 0 : link.mtu();
    }
}
