package io.ringvs.control.netlink;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;

import io.ringvs.conntab.ProtocolTimeouts;
import io.ringvs.control.ConfiguredService;
import io.ringvs.control.RuleException;
import io.ringvs.control.RuleSet;
import io.ringvs.control.netlink.IpvsAttribute.Command;
import io.ringvs.control.netlink.IpvsAttribute.Info;
import io.ringvs.linux.Errno;
import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.ServiceKey;

/**
 * The IPVS family of generic netlink: requests as operations of the {@link RuleSet}, checked in the kernel's order.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Source:</b> ip_vs_genl_set_cmd(), ip_vs_genl_get_cmd() and the dumps of Linux 6.1 {@code ip_vs_ctl.c}.
 */
final class IpvsFamily {
    static final String NAME = "IPVS";
    /** One above the kernel's own families (GENL_MAX_ID), so that a program's requests can be told apart. */
    static final int ID = 1024;
    static final int VERSION = 1;
    /** IP_VS_VERSION_CODE: 1.2.1. */
    private static final int IPVS_VERSION = 0x010201;

    private final RuleSet rules;
    private final int tableSize;
    private boolean changed;

    IpvsFamily(final RuleSet rules, final int tableSize) {
        this.rules = rules;
        this.tableSize = tableSize;
    }

    /** Whether a request changed the rules. */
    boolean changed() {
        return changed;
    }

    /** Carries out a request that lists nothing, and writes its answer if it has one. */
    void answer(final NetlinkMessage request, final IpvsCommand command, final AnswerWriter answer)
        throws NetlinkRefusal, RuleException {
        final AttributeTable attributes = attributes(request);
        switch (command) {
            case GET_SERVICE -> service(request, find(attributes), answer);
            case GET_CONFIG -> timeouts(request, answer);
            case GET_INFO -> info(request, answer);
            default -> {
                change(command, attributes);
                changed = true;
            }
        }
    }

    /** Begins a listing. */
    Dump dump(final NetlinkMessage request, final IpvsCommand command) {
        return switch (command) {
            case GET_SERVICE ->
                each(request, IpvsCommand.NEW_SERVICE, List.copyOf(rules.services()), ServiceCodec::write);
            case GET_DEST -> destinations(request);
            case GET_DAEMON ->
                each(request, IpvsCommand.NEW_DAEMON, List.copyOf(rules.daemons()), DaemonCodec::write);
            default -> throw new IllegalArgumentException(command + " lists nothing");
        };
    }

    private void change(final IpvsCommand command, final AttributeTable attributes)
        throws NetlinkRefusal, RuleException {
        switch (command) {
            case FLUSH -> rules.flush();
            case SET_CONFIG -> rules.setTimeouts(
                attributes.u32(Command.TIMEOUT_TCP), attributes.u32(Command.TIMEOUT_TCP_FIN),
                attributes.u32(Command.TIMEOUT_UDP));
            case NEW_DAEMON ->
                rules.startDaemon(DaemonCodec.daemon(attributes.nested(Command.DAEMON, IpvsAttribute.Daemon.POLICY)));
            case DEL_DAEMON ->
                rules.stopDaemon(DaemonCodec.role(attributes.nested(Command.DAEMON, IpvsAttribute.Daemon.POLICY)));
            case ZERO -> zero(attributes);
            case NEW_SERVICE, SET_SERVICE, DEL_SERVICE -> changeService(command, attributes);
            case NEW_DEST, SET_DEST, DEL_DEST -> changeDestination(command, attributes);
            default -> throw new IllegalArgumentException(command + " changes nothing");
        }
    }

    private void zero(final AttributeTable attributes) throws NetlinkRefusal, RuleException {
        if (attributes.has(Command.SERVICE)) {
            rules.zero(ServiceCodec.key(serviceNest(attributes)));
        } else {
            rules.zeroAll();
        }
    }

    private void changeService(final IpvsCommand command, final AttributeTable attributes)
        throws NetlinkRefusal, RuleException {
        final AttributeTable nest = serviceNest(attributes);
        final ServiceKey key = ServiceCodec.key(nest);
        switch (command) {
            case NEW_SERVICE -> rules.addService(ServiceCodec.settings(nest, key, rules.service(key)));
            case SET_SERVICE -> rules.editService(ServiceCodec.settings(nest, key, rules.service(key)));
            default -> rules.deleteService(key);
        }
    }

    private void changeDestination(final IpvsCommand command, final AttributeTable attributes)
        throws NetlinkRefusal, RuleException {
        final ServiceKey key = find(attributes).key();
        final AttributeTable nest = attributes.nested(Command.DEST, IpvsAttribute.Dest.POLICY);
        DestinationCodec.check(nest, command != IpvsCommand.DEL_DEST);
        switch (command) {
            case NEW_DEST -> rules.addDestination(key, DestinationCodec.config(nest, key.family()));
            case SET_DEST -> rules.editDestination(key, DestinationCodec.config(nest, key.family()));
            default -> rules.deleteDestination(
                key, DestinationCodec.address(nest, key.family()), DestinationCodec.port(nest));
        }
    }

    private ConfiguredService find(final AttributeTable attributes) throws NetlinkRefusal {
        final ConfiguredService service = rules.service(ServiceCodec.key(serviceNest(attributes)));
        if (service == null) {
            throw new NetlinkRefusal(Errno.ESRCH);
        }
        return service;
    }

    private static AttributeTable serviceNest(final AttributeTable attributes) throws NetlinkRefusal {
        return attributes.nested(Command.SERVICE, IpvsAttribute.Service.POLICY);
    }

    private static AttributeTable attributes(final NetlinkMessage request) throws NetlinkRefusal {
        return AttributeTable.parse(
            request.buffer(), request.bodyOffset() + AnswerWriter.GENERIC_HEADER_LENGTH, request.end(),
            Command.POLICY);
    }

    private static void service(
        final NetlinkMessage request, final ConfiguredService service, final AnswerWriter answer) {
        answer.begin(request, 0, IpvsCommand.NEW_SERVICE.number(), VERSION);
        ServiceCodec.write(answer, service);
        answer.end();
    }

    private void timeouts(final NetlinkMessage request, final AnswerWriter answer) {
        final ProtocolTimeouts timeouts = rules.timeouts();
        answer.begin(request, 0, IpvsCommand.SET_CONFIG.number(), VERSION);
        answer.u32(Command.TIMEOUT_TCP, timeouts.tcpSeconds());
        answer.u32(Command.TIMEOUT_TCP_FIN, timeouts.tcpFinSeconds());
        answer.u32(Command.TIMEOUT_UDP, timeouts.udpSeconds());
        answer.end();
    }

    private void info(final NetlinkMessage request, final AnswerWriter answer) {
        answer.begin(request, 0, IpvsCommand.SET_INFO, VERSION);
        answer.u32(Info.VERSION, IPVS_VERSION);
        answer.u32(Info.CONN_TAB_SIZE, tableSize);
        answer.end();
    }

    /** The real servers of a service; none, and no error, when the request names no service that there is. */
    private Dump destinations(final NetlinkMessage request) {
        try {
            return each(request, IpvsCommand.NEW_DEST, List.copyOf(find(attributes(request)).destinations()),
                (answer, destination) -> DestinationCodec.write(answer, destination, rules.destinations()));
        } catch (final NetlinkRefusal nothingToList) {
            return answer -> false;
        }
    }

    private static <T> Dump each(
        final NetlinkMessage request, final IpvsCommand kind, final Collection<T> items,
        final BiConsumer<AnswerWriter, T> writer) {
        final Iterator<T> remaining = items.iterator();
        return answer -> {
            if (!remaining.hasNext()) {
                return false;
            }
            answer.begin(request, NetlinkMessage.FLAG_MULTI, kind.number(), VERSION);
            writer.accept(answer, remaining.next());
            answer.end();
            return true;
        };
    }
}
