package io.ringvs.director;

import io.ringvs.replay.ReplayCommand;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the JVM's side of the {@code ringvs} command. */
@Command(name = "ringvs", description = "A Linux Virtual Server director in userspace.",
    subcommands = {RunCommand.class, DecapCommand.class, ReplayCommand.class}, mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = 2, exitCodeOnExecutionException = 1)
public final class Main {
    private Main() {
    }

    public static void main(final String[] arguments) {
        final CommandLine line = commandLine(new Main()).setExecutionExceptionHandler(Main::report);
        try {
            line.getSubcommands().get("run").setDefaultValueProvider(ConfigFile.read(ConfigFile.named(arguments)));
        } catch (final StartException e) {
            System.exit(report(e, line, null));
        }
        System.exit(line.execute(arguments));
    }

    /** A command as words of a command line, or of the configuration file, are read for it. */
    static CommandLine commandLine(final Object command) {
        return new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** A fault that an operator can mend is one sentence; anything else is a defect and shows where it happened. */
    private static int report(
        final Exception fault, final CommandLine line, final CommandLine.ParseResult arguments) {
        if (fault instanceof StartException) {
            line.getErr().println("ringvs: " + fault.getMessage());
        } else {
            fault.printStackTrace(line.getErr());
        }
        return line.getCommandSpec().exitCodeOnExecutionException();
    }
}
