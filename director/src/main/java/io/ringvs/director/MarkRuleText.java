package io.ringvs.director;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.host.HostView;
import io.ringvs.host.Link;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.MarkRule;

/**
 * Reads and writes the options of a mark rule: {@code --dst PREFIX [--src PREFIX] [--proto tcp|udp|sctp]
 * [--dports 80,443,1000-2000] [--interface IF] --mark N}.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Errors:</b> {@link IllegalArgumentException} with one sentence.
 */
final class MarkRuleText {
    private static final long MAX_MARK = 0xffff_ffffL;

    private final HostView host;
    private MarkRule.Prefix destination;
    private MarkRule.Prefix source;
    private int protocol = MarkRule.ANY;
    private List<MarkRule.PortRange> ports = List.of();
    private int interfaceIndex = MarkRule.ANY;
    private int mark;

    private MarkRuleText(final HostView host) {
        this.host = host;
    }

    static MarkRule parse(final List<String> words, final HostView host) {
        final MarkRuleText text = new MarkRuleText(host);
        for (int i = 0; i < words.size(); i += 2) {
            if (i + 1 == words.size()) {
                throw new IllegalArgumentException("'" + words.get(i) + "' needs a value");
            }
            text.take(words.get(i), words.get(i + 1));
        }
        if (text.destination == null || text.mark == 0) {
            throw new IllegalArgumentException("a mark rule needs --dst PREFIX and --mark N, N from 1 to " + MAX_MARK);
        }
        if (!text.ports.isEmpty() && text.protocol == MarkRule.ANY) {
            throw new IllegalArgumentException(
                "--dports needs --proto tcp, udp or sctp, which say whose ports they are");
        }
        return new MarkRule(text.destination.address().family(), text.destination, text.source, text.protocol,
            text.ports, text.interfaceIndex, text.mark);
    }

    private void take(final String option, final String value) {
        switch (option) {
            case "--dst" -> destination = prefix(value);
            case "--src" -> source = prefix(value);
            case "--proto" -> protocol = protocol(value);
            case "--dports" -> ports = ports(value);
            case "--interface" -> interfaceIndex = interfaceIndex(value);
            case "--mark" -> mark = (int)number(value, "--mark", 1, MAX_MARK);
            default -> throw new IllegalArgumentException("'" + option
                + "' is none of --dst, --src, --proto, --dports, --interface and --mark");
        }
    }

    private static MarkRule.Prefix prefix(final String text) {
        final String[] parts = text.split("/", 2);
        final IpAddress address = IpAddress.parse(parts[0]);
        final int longest = address.family().hostPrefixLength();
        return new MarkRule.Prefix(address,
            parts.length == 1 ? longest : (int)number(parts[1], "the prefix length in " + text, 0, longest));
    }

    private static int protocol(final String name) {
        return switch (name) {
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            case "sctp" -> IpProtocol.SCTP;
            default -> throw new IllegalArgumentException("--proto is tcp, udp or sctp, not '" + name + "'");
        };
    }

    private static List<MarkRule.PortRange> ports(final String text) {
        final List<MarkRule.PortRange> ranges = new ArrayList<>();
        for (final String part : text.split(",", -1)) {
            final String[] ends = part.split("-", 2);
            final int first = (int)number(ends[0], "a port of --dports", 0, 0xffff);
            ranges.add(new MarkRule.PortRange(
                first, ends.length == 1 ? first : (int)number(ends[1], "a port of --dports", 0, 0xffff)));
        }
        return ranges;
    }

    private int interfaceIndex(final String name) {
        final Link link = host.link(name);
        if (link == null) {
            throw new IllegalArgumentException("there is no interface '" + name + "' for --interface");
        }
        return link.index();
    }

    private static long number(final String text, final String what, final long least, final long most) {
        if (text.matches("[0-9]{1,10}")) {
            final long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw new IllegalArgumentException(
            what + " must be a number from " + least + " to " + most + ", not '" + text + "'");
    }

    /** The options that make the rule. */
    static String of(final MarkRule rule, final HostView host) {
        final StringBuilder text = new StringBuilder("--dst ").append(prefix(rule.destination()));
        if (rule.source() != null) {
            text.append(" --src ").append(prefix(rule.source()));
        }
        if (rule.protocol() != MarkRule.ANY) {
            text.append(" --proto ").append(rule.protocol() == IpProtocol.TCP ? "tcp"
                : rule.protocol() == IpProtocol.UDP ? "udp" : "sctp");
        }
        String before = " --dports ";
        for (final MarkRule.PortRange range : rule.ports()) {
            text.append(before).append(range.first());
            if (range.last() != range.first()) {
                text.append('-').append(range.last());
            }
            before = ",";
        }
        if (rule.interfaceIndex() != MarkRule.ANY) {
            final Link link = host.link(rule.interfaceIndex());
            text.append(" --interface ").append(link == null ? "(removed)" : link.name());
        }
        return text.append(" --mark ").append(Integer.toUnsignedString(rule.mark())).toString();
    }

    private static String prefix(final MarkRule.Prefix prefix) {
        return prefix.address() + "/" + prefix.length();
    }
}
