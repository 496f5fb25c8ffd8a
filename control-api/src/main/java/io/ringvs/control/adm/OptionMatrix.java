package io.ringvs.control.adm;

import java.util.EnumSet;
import java.util.Set;

/**
 * The options that one command (or tunnel type) demands, allows, or allows one of.
 *
 * @param subject  how messages name it: "'list' command"
 * @param required must be there
 * @param allowed  may be there
 * @param oneOf    may be there, but only one of them
 */
record OptionMatrix(
    String subject, Set<MatrixOption> required, Set<MatrixOption> allowed, Set<MatrixOption> oneOf) {

    static OptionMatrix command(
        final String name, final Set<MatrixOption> required, final Set<MatrixOption> allowed) {
        return new OptionMatrix("'" + name + "' command", required, allowed, EnumSet.noneOf(MatrixOption.class));
    }

    /** Fails at the first problem, in the order of {@link MatrixOption}, of those in {@code considered}. */
    void check(final Set<MatrixOption> given, final Set<MatrixOption> considered) throws AdmExit {
        MatrixOption first = null;
        for (final MatrixOption option : considered) {
            if (!given.contains(option)) {
                if (required.contains(option)) {
                    throw AdmExit.fail("You need to supply the '" + option.text + "' option for the " + subject);
                }
            } else if (oneOf.contains(option)) {
                if (first != null) {
                    throw AdmExit.fail("The option '" + option.text + "' conflicts with the '" + first.text
                        + "' option in the " + subject);
                }
                first = option;
            } else if (!required.contains(option) && !allowed.contains(option)) {
                throw AdmExit.fail("Illegal '" + option.text + "' option with the " + subject);
            }
        }
    }
}
