package io.ringvs.control;

/** A rule change was refused; the rules are as they were. */
public final class RuleException extends Exception {
    private final RuleError error;

    public RuleException(final RuleError error) {
        super("rule refused: " + error, null, false, false);
        this.error = error;
    }

    public RuleError error() {
        return error;
    }
}
