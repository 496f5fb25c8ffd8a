package io.ringvs.director;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.control.ControlSession;
import io.ringvs.control.Steering;
import io.ringvs.control.TextSession;
import io.ringvs.control.http.MarkDocument;
import io.ringvs.control.http.MarkTable;
import io.ringvs.host.HostView;
import io.ringvs.snapshot.MarkRule;
import io.ringvs.snapshot.MarkRules;
import io.ringvs.xdp.XdpException;

/**
 * The rules that give packets a firewall mark, in order: {@code ringvs mark add}, {@code delete} and {@code list}.
 *
 * <p>They stand in for the rules of iptables and nftables, which see no packet that the director takes.
 *
 * <p><b>Threading:</b> control thread.
 */
final class LiveMarks implements MarkTable {
    private static final int USAGE_STATUS = 2;
    private static final int REFUSED_STATUS = 255;

    private final HostView host;
    private final Steering steering;
    private MarkRules rules = MarkRules.NONE;
    /** The same in words. */
    private List<String> saved = List.of();

    LiveMarks(final HostView host, final Steering steering) {
        this.host = host;
        this.steering = steering;
    }

    MarkRules current() {
        return rules;
    }

    /**
     * The options of each rule, in order, as {@link #restore} takes them; but for rules of interfaces that are gone.
     */
    List<String> saved() {
        return saved;
    }

    /**
     * Makes these the rules.
     *
     * @throws RuntimeException when there is no room for them, with a sentence; nothing was changed then
     */
    void restore(final List<MarkRule> restored) {
        change(restored);
    }

    @Override
    public List<MarkDocument> marks() {
        return rules.rules().stream().map(rule -> MarkDocuments.of(rule, host)).toList();
    }

    @Override
    public void replace(final List<MarkDocument> wanted) {
        final List<MarkRule> changed = new ArrayList<>(wanted.size());
        for (final MarkDocument document : wanted) {
            append(changed, MarkDocuments.rule(document, host));
        }
        change(changed);
    }

    ControlSession command(final List<String> words) {
        final String verb = words.isEmpty() ? "" : words.get(0);
        try {
            switch (verb) {
                case "add" -> add(MarkRuleText.parse(words.subList(1, words.size()), host));
                case "delete" -> delete(MarkRuleText.parse(words.subList(1, words.size()), host));
                case "list" -> {
                    return words.size() == 1 ? TextSession.show(list())
                        : TextSession.fail(USAGE_STATUS, "ringvs mark list takes no argument");
                }
                default -> {
                    return TextSession.fail(USAGE_STATUS, "ringvs mark needs add, delete or list, and for the first two"
                        + " --dst PREFIX [--src PREFIX] [--proto tcp|udp|sctp] [--dports 80,443,1000-2000]"
                        + " [--interface IF] --mark N");
                }
            }
        } catch (final IllegalArgumentException | XdpException e) {
            return TextSession.fail(REFUSED_STATUS, e.getMessage());
        }
        return TextSession.changed("");
    }

    private String list() {
        final StringBuilder text = new StringBuilder();
        rules.rules().forEach(rule -> text.append(MarkRuleText.of(rule, host)).append('\n'));
        return text.toString();
    }

    private void add(final MarkRule rule) {
        final List<MarkRule> changed = new ArrayList<>(rules.rules());
        append(changed, rule);
        change(changed);
    }

    private void append(final List<MarkRule> list, final MarkRule rule) {
        if (list.contains(rule)) {
            throw new IllegalArgumentException("there is such a mark rule already: " + MarkRuleText.of(rule, host));
        }
        list.add(rule);
    }

    private void delete(final MarkRule rule) {
        final List<MarkRule> changed = new ArrayList<>(rules.rules());
        if (!changed.remove(rule)) {
            throw new IllegalArgumentException("there is no such mark rule; ringvs mark list shows those that are");
        }
        change(changed);
    }

    /** The traffic comes to the workers first: one that does not know the rule yet hands it back to the host. */
    private void change(final List<MarkRule> changed) {
        final MarkRules next = new MarkRules(changed, host::ingress);
        steering.marked(next.steered());
        rules = next;
        saved = changed.stream().filter(this::hasInterface).map(rule -> MarkRuleText.of(rule, host)).toList();
    }

    private boolean hasInterface(final MarkRule rule) {
        return rule.interfaceIndex() == MarkRule.ANY || host.link(rule.interfaceIndex()) != null;
    }
}
