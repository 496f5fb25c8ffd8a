package io.ringvs.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.ringvs.control.adm.HostNames;
import io.ringvs.service.IpAddress;

/**
 * Names that the client looks up in its own environment, so that no name server ever holds up the daemon.
 *
 * <p><b>Threading:</b> control thread.
 */
final class ClientNames implements HostNames {
    private static final int BATCH = 512;
    /** Answers kept; a listing of millions of connections asks for many, once each. */
    private static final int MAX_KEPT = 1 << 20;

    private final Map<String, String> answers = new HashMap<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private List<String> asked = List.of();

    @Override
    public IpAddress address(final String name) {
        final String answer = ask("H" + name);
        return answer == null || answer.isEmpty() ? null : IpAddress.parse(answer);
    }

    @Override
    public String name(final IpAddress address) {
        final String answer = ask("A" + address);
        return answer == null || answer.isEmpty() ? null : answer;
    }

    @Override
    public boolean incomplete() {
        return !wanted.isEmpty();
    }

    /** The next questions for the client; what was asked is wanted until it is answered. */
    List<String> nextQuestions() {
        asked = new ArrayList<>(BATCH);
        for (final String question : wanted) {
            if (asked.size() == BATCH) {
                break;
            }
            asked.add(question);
        }
        return asked;
    }

    /** Takes the answers to {@link #nextQuestions}; false if they do not fit. */
    boolean answer(final List<String> given) {
        if (given == null || given.size() != asked.size() || asked.isEmpty()) {
            return false;
        }
        if (answers.size() > MAX_KEPT) {
            answers.clear();
        }
        for (int i = 0; i < given.size(); i++) {
            final String question = asked.get(i);
            final boolean acceptable = question.startsWith("A") || isIpv4OrEmpty(given.get(i));
            answers.put(question, acceptable ? given.get(i) : "");
            wanted.remove(question);
        }
        asked = List.of();
        return true;
    }

    private String ask(final String question) {
        final String answer = answers.get(question);
        if (answer == null) {
            wanted.add(question);
        }
        return answer;
    }

    private static boolean isIpv4OrEmpty(final String text) {
        try {
            return text.isEmpty() || text.indexOf(':') < 0 && IpAddress.parse(text) != null;
        } catch (final IllegalArgumentException e) {
            return false;
        }
    }
}
