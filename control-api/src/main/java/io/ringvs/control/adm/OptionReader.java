package io.ringvs.control.adm;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Splits words into options, their values and what is left over, as the popt library does: bundled letters, values
 * attached or separate, exact long names, {@code --name=value}, {@code --} to end the options.
 *
 * <p><b>Source:</b> the manual page popt(3); behaviour of popt 1.19.
 */
final class OptionReader {
    static final String UNKNOWN = "unknown option";
    static final String MISSING = "missing argument";
    static final String UNWANTED = "option does not take an argument";

    private final List<String> words;
    private final Deque<String> leftovers = new ArrayDeque<>();
    private int next;
    private String letters;
    private boolean optionsEnded;
    /** Whether the command, which comes first, adds or changes a real server. */
    private boolean ofServer;
    private String value;

    /** @param words the words after the program's name */
    OptionReader(final List<String> words) {
        this.words = words;
    }

    /** The next option, or null after the last. */
    AdmOption next() throws AdmExit {
        String attached = null;
        AdmOption option = null;
        while (letters == null) {
            if (next == words.size()) {
                return null;
            }
            final String word = words.get(next++);
            if (optionsEnded || !word.startsWith("-") || word.equals("-")) {
                leftovers.add(word);
            } else if (word.equals("--")) {
                optionsEnded = true;
            } else if (word.startsWith("--")) {
                final int equals = word.indexOf('=');
                option = AdmOption.ofLongName(word.substring(2, equals < 0 ? word.length() : equals));
                attached = equals < 0 ? null : word.substring(equals + 1);
                ofServer |= option == AdmOption.ADD_SERVER || option == AdmOption.EDIT_SERVER;
                return complete(option, attached);
            } else {
                letters = word.substring(1);
            }
        }
        option = AdmOption.ofLetter(letters.charAt(0), ofServer);
        ofServer |= option == AdmOption.ADD_SERVER || option == AdmOption.EDIT_SERVER;
        attached = letters.length() > 1 ? letters.substring(1) : null;
        letters = null;
        if (option != null && option.argument == AdmOption.Argument.NONE && attached != null
            && !attached.startsWith("=")) {
            letters = attached;
            attached = null;
        }
        return complete(option, attached != null && attached.startsWith("=") ? attached.substring(1) : attached);
    }

    /** The value of the option that {@link #next} returned last; null if it has none. */
    String value() {
        return value;
    }

    /** The next word that is neither an option nor a value, or null. */
    String leftover() {
        return leftovers.poll();
    }

    /** The word read last: what messages call the bad option. */
    String word() {
        return words.get(next - 1);
    }

    private AdmOption complete(final AdmOption option, final String attached) throws AdmExit {
        if (option == null) {
            throw AdmExit.badOption(word(), UNKNOWN);
        }
        value = attached;
        switch (option.argument) {
            case NONE -> {
                if (attached != null) {
                    throw AdmExit.badOption(word(), UNWANTED);
                }
            }
            case REQUIRED -> {
                if (attached == null) {
                    if (next == words.size()) {
                        throw AdmExit.badOption(word(), MISSING);
                    }
                    value = words.get(next++);
                }
            }
            default -> {
                if (attached == null && next < words.size() && !words.get(next).startsWith("-")) {
                    value = words.get(next++);
                }
            }
        }
        return option;
    }
}
