package io.ringvs.control;

import java.util.Collection;
import java.util.Set;

import io.ringvs.service.IpAddress;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.MarkRules;

/** Steers nothing. */
class NoSteering implements Steering {
    @Override
    public void add(final Collection<ServiceKey> services) {
    }

    @Override
    public void remove(final Collection<ServiceKey> services) {
    }

    @Override
    public void marked(final Collection<MarkRules.Steered> wanted) {
    }

    @Override
    public void addAnswers(final Collection<ReplySource> sources) {
    }

    @Override
    public void removeAnswers(final Collection<ReplySource> sources) {
    }

    @Override
    public void localAddresses(final Set<IpAddress> addresses) {
    }

    @Override
    public void hostAddresses(final Set<IpAddress> addresses) {
    }

    @Override
    public void tunnelEnds(final Set<IpAddress> addresses) {
    }

    @Override
    public void localServers(final Set<ReplySource> sources) {
    }
}
