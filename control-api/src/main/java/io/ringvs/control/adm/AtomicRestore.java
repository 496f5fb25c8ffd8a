package io.ringvs.control.adm;

import java.util.List;

import io.ringvs.control.Rehearsal;
import io.ringvs.control.RuleException;

/**
 * {@code -R --atomic}: tries every line on a copy of the rules first, so that a bad line leaves the rules as they are.
 *
 * <p><b>Threading:</b> control thread.
 */
final class AtomicRestore {
    private AtomicRestore() {
    }

    /** What is wrong with the first bad line, with its number; null if all are good (or names are missing). */
    static String problem(
        final RestoreLines lines, final String program, final AdmEnvironment environment, final HostNames hosts) {
        try (Rehearsal rehearsal = environment.rules().rehearse()) {
            for (List<String> words = lines.next(); words != null; words = lines.next()) {
                final String problem = tryLine(words, program, environment, hosts, rehearsal);
                if (problem != null && !hosts.incomplete()) {
                    return "line " + lines.lineNumber() + ": " + problem + "nothing was changed\n";
                }
            }
        }
        lines.rewind();
        return null;
    }

    private static String tryLine(
        final List<String> words, final String program, final AdmEnvironment environment, final HostNames hosts,
        final Rehearsal rehearsal) {
        final CommandLine line;
        try {
            line = new CommandLineParser(program, words, true, environment.services(), hosts).parse();
        } catch (final AdmExit exit) {
            return exit.status == 0 ? null : exit.getMessage();
        }
        if (line.command.isOneOf(AdmCommand.LIST, AdmCommand.SAVE, AdmCommand.GET_LOCAL_ADDRESSES)) {
            return null;
        }
        try {
            RuleOperation.apply(line, rehearsal.rules());
            return null;
        } catch (final RuleException refused) {
            return OperationText.of(line.command, refused.error()) + "\n";
        }
    }
}
