package io.ringvs.director.saved;

/** A rules file that cannot be used: its message says which line is wrong, and why. */
public final class DamagedRulesException extends Exception {
    /** @param line from 1 */
    public DamagedRulesException(final int line, final String sentence) {
        this("line " + line + ": " + sentence);
    }

    /** @param sentence with the line */
    public DamagedRulesException(final String sentence) {
        super(sentence);
    }
}
