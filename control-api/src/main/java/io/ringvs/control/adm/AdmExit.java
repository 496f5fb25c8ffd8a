package io.ringvs.control.adm;

/** The command ends here: with a status, and with text for one of the two outputs. */
final class AdmExit extends Exception {
    /** Status of most usage errors. */
    static final int FAILED = 2;
    /** Status (-1 to C) of operations that failed, and of what option parsing itself refuses. */
    static final int MINUS_ONE = 255;

    final int status;
    final boolean toStandardOutput;
    /** Whether a whole {@code -R} ends here too; otherwise it goes on with the next line. */
    final boolean endsRestore;

    private AdmExit(
        final int status, final String text, final boolean toStandardOutput, final boolean endsRestore) {
        super(text, null, false, false);
        this.status = status;
        this.toStandardOutput = toStandardOutput;
        this.endsRestore = endsRestore;
    }

    static AdmExit fail(final String message) {
        return new AdmExit(FAILED, message + "\n", false, true);
    }

    static AdmExit badOption(final String word, final String reason) {
        return new AdmExit(MINUS_ONE, word + ": " + reason + "\n", false, false);
    }

    static AdmExit tryHelp(final String program) {
        return new AdmExit(
            MINUS_ONE,
            "Try `" + program + " -h' or '" + program + " --help' for more information.\n", false, true);
    }

    static AdmExit show(final String text) {
        return new AdmExit(0, text, true, true);
    }
}
