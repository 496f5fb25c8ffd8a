package io.ringvs.control;

import java.util.Collection;
import java.util.Set;

import io.ringvs.service.IpAddress;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.MarkRules;

/**
 * Tells the steering program which frames are of a virtual service, and which are answers to be translated.
 *
 * <p><b>Threading:</b> control thread.
 */
public interface Steering {
    /** A director without interfaces. */
    Steering NONE = new NoSteering();

    /**
     * From the return on, frames of these services come to the workers.
     *
     * @throws RuntimeException when there is no room, with a sentence; nothing was added then
     */
    void add(Collection<ServiceKey> services);

    /** From the return on, frames of these services go to the host. */
    void remove(Collection<ServiceKey> services);

    /**
     * From the return on, besides those of services, exactly these frames come to the workers: they may get a firewall
     * mark.
     *
     * @throws RuntimeException when there is no room, with a sentence; nothing was changed then
     */
    void marked(Collection<MarkRules.Steered> wanted);

    /**
     * From the return on, answers of these real servers come to the workers.
     *
     * @throws RuntimeException when there is no room, with a sentence; nothing was added then
     */
    void addAnswers(Collection<ReplySource> sources);

    /** From the return on, answers of these real servers stay with the host. */
    void removeAnswers(Collection<ReplySource> sources);

    /**
     * From the return on, frames to every port of exactly these addresses, too, come to the workers: real servers
     * answer FULLNAT connections there.
     *
     * @throws RuntimeException when there is no room, with a sentence; nothing was changed then
     */
    void localAddresses(Set<IpAddress> addresses);

    /**
     * From the return on, answers of real servers to exactly these addresses stay with the host, such as those to its
     * health checks.
     *
     * @throws RuntimeException when there is no room, with a sentence; nothing was changed then
     */
    void hostAddresses(Set<IpAddress> addresses);

    /**
     * From the return on, ICMP errors to exactly these addresses of the host come to the workers, besides those to
     * services: they may be about packets of tunnels that begin there.
     *
     * @throws RuntimeException when there is no room, with a sentence; nothing was changed then
     */
    void tunnelEnds(Set<IpAddress> addresses);

    /**
     * From the return on, what the host itself sends from exactly these addresses and ports comes to the workers: real
     * servers on it answer there.
     *
     * @throws RuntimeException when there is no room, with a sentence; nothing was changed then
     */
    void localServers(Set<ReplySource> sources);
}
