package io.ringvs.control.adm;

import static io.ringvs.control.Columns.left;

import java.util.List;

import io.ringvs.control.ConfiguredService;
import io.ringvs.control.RuleSet;
import io.ringvs.service.LocalAddress;

/**
 * {@code --get-laddr}: the local addresses of services, with what has become of their ports. What needs an operator
 * stands in the last column: ports that have run out, and addresses that the host does not have.
 */
final class LocalAddressListing {
    private static final int SERVICE_WIDTH = 33;
    private static final int ADDRESS_WIDTH = 28;
    private static final int NUMBER_WIDTH = 10;

    private final NameText names;
    private final RuleSet rules;

    LocalAddressListing(final NameText names, final RuleSet rules) {
        this.names = names;
        this.rules = rules;
    }

    void list(final StringBuilder out, final List<ConfiguredService> services) {
        line(out, "Prot VirtualAddress:Port", "LocalAddress", "Refused", "Conns", "");
        for (final ConfiguredService service : ServiceOrder.sortedServices(services)) {
            for (final LocalAddress local : service.localAddresses()) {
                line(out, names.listed(service.key()), local.address().toString(), Long.toString(local.refusals()),
                    Integer.toString(local.connections()), alarm(local));
            }
        }
    }

    private String alarm(final LocalAddress local) {
        if (!rules.isOnHost(local.address())) {
            return "NOT ON THIS HOST";
        }
        return local.isExhausted() ? "NO PORT LEFT" : "";
    }

    private static void line(
        final StringBuilder out, final String service, final String address, final String refused,
        final String connections, final String alarm) {
        left(out, service, SERVICE_WIDTH).append(' ');
        left(out, address, ADDRESS_WIDTH).append(' ');
        left(out, refused, NUMBER_WIDTH).append(' ');
        if (alarm.isEmpty()) {
            out.append(connections).append('\n');
        } else {
            left(out, connections, NUMBER_WIDTH).append(' ').append(alarm).append('\n');
        }
    }
}
