package io.ringvs.director;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ringvs.control.http.MarkDocument;
import io.ringvs.host.HostView;
import io.ringvs.snapshot.MarkRule;

/**
 * Mark rules as documents of the HTTP API, whose fields are the options of {@code ringvs mark}: both are read by
 * {@link MarkRuleText}.
 *
 * <p><b>Threading:</b> control thread.
 */
final class MarkDocuments {
    private MarkDocuments() {
    }

    static MarkDocument of(final MarkRule rule, final HostView host) {
        final Map<String, String> options = new HashMap<>();
        final String[] words = MarkRuleText.of(rule, host).split(" ");
        for (int i = 0; i < words.length; i += 2) {
            options.put(words[i], words[i + 1]);
        }
        return new MarkDocument(options.get("--dst"), options.get("--src"), options.get("--proto"),
            options.get("--dports"), options.get("--interface"), Long.valueOf(options.get("--mark")));
    }

    /** @throws IllegalArgumentException with the sentence that {@code ringvs mark} says */
    static MarkRule rule(final MarkDocument document, final HostView host) {
        final List<String> words = new ArrayList<>();
        add(words, "--dst", document.destination());
        add(words, "--src", document.source());
        add(words, "--proto", document.protocol());
        add(words, "--dports", document.ports());
        add(words, "--interface", document.interfaceName());
        add(words, "--mark", document.mark());
        return MarkRuleText.parse(words, host);
    }

    private static void add(final List<String> words, final String option, final Object value) {
        if (value != null) {
            words.add(option);
            words.add(value.toString());
        }
    }
}
