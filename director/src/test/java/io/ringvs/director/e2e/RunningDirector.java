package io.ringvs.director.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The packaged director on a host of the lab, and the command that talks to it. */
final class RunningDirector implements Lab.Started {
    private static final Path TARGET = Path.of(System.getProperty("ringvs.target", "target")).toAbsolutePath();
    private static final Path CLIENT = TARGET.resolve("ringvs-adm");

    private final Path socket;
    private final Program program;

    private RunningDirector(final Path socket, final Program program) {
        this.socket = socket;
        this.program = program;
    }

    /** Starts the director with these options and waits until it answers. */
    static RunningDirector start(final Lab lab, final Host host, final String... options) {
        final RunningDirector director = launch(lab, host, options);
        Await.until(30, () -> "the director answers; its output:\n" + director.output(),
            () -> !director.program.isRunning() || director.attempt("-Ln").succeeded());
        if (!director.program.isRunning()) {
            throw new AssertionError("the director ended; its output:\n" + director.output());
        }
        return director;
    }

    /** The same on the host "director", with its interfaces eth0 and eth1. */
    static RunningDirector startBetween(final Lab lab, final String... options) {
        final List<String> all = new ArrayList<>(List.of("--interface", "eth0", "--interface", "eth1"));
        all.addAll(Arrays.asList(options));
        return start(lab, lab.named("director"), all.toArray(String[]::new));
    }

    /** Starts the director and waits for nothing. */
    static RunningDirector launch(final Lab lab, final Host host, final String... options) {
        return launchUnder(lab, host, new String[0], options);
    }

    /** The same under another program, such as one that takes capabilities away. */
    static RunningDirector launchUnder(
        final Lab lab, final Host host, final String[] wrapper, final String... options) {
        return launchAt(lab, host, lab.directory().resolve("ringvs-" + host.name() + ".sock"), wrapper, options);
    }

    /** The same with another control socket. */
    static RunningDirector launchAt(
        final Lab lab, final Host host, final Path socket, final String[] wrapper, final String... options) {
        final List<String> command = new ArrayList<>(Arrays.asList(wrapper));
        command.addAll(java("run"));
        command.addAll(List.of("--socket", socket.toString()));
        command.addAll(Arrays.asList(options));
        if (!command.contains("--rules")) {
            command.add("--no-save");
        }
        return lab.keep(new RunningDirector(socket, host.start("director", command.toArray(String[]::new))));
    }

    /**
     * How ringvs starts a command that runs in a JVM; with SIGHUP as it is by default, since a JVM that was started
     * while it was ignored, as under nohup, never hears it.
     */
    static List<String> java(final String command) {
        return List.of("env", "--default-signal=HUP", "java", "@" + TARGET.resolve("jvm.options"), "-cp",
            TARGET.resolve("lib") + "/*:" + TARGET.resolve("classes"), "io.ringvs.director.Main", command);
    }

    /** ringvs adm with these arguments, which must succeed. */
    String adm(final String... arguments) {
        final Shell.Answer answer = attempt(arguments);
        if (!answer.succeeded()) {
            throw new AssertionError("ringvs adm " + String.join(" ", arguments) + " ended with " + answer.status()
                + ": " + answer.stderr() + "; the director's output:\n" + output());
        }
        return answer.stdout();
    }

    Shell.Answer attempt(final String... arguments) {
        return Shell.attempt(client("adm", arguments));
    }

    /** ringvs adm with a text on standard input. */
    Shell.Answer attemptWithInput(final String stdin, final String... arguments) {
        return Shell.attemptWithInput(stdin, client("adm", arguments));
    }

    /** ringvs get, ringvs set and the like. */
    Shell.Answer command(final String name, final String... arguments) {
        return Shell.attempt(client(name, arguments));
    }

    /**
     * The command line that runs an unmodified program with this director for its IPVS, as {@code ringvs exec} does.
     */
    String[] executing(final String... program) {
        final List<String> line =
            new ArrayList<>(List.of("env", "RINGVS_SOCKET=" + socket, TARGET.resolve("ringvs-exec").toString(), "--"));
        line.addAll(Arrays.asList(program));
        return line.toArray(String[]::new);
    }

    /** The same without the launcher, as a drop-in of systemd does it. */
    String[] preloading(final String... program) {
        final List<String> line = new ArrayList<>(List.of(
            "env", "RINGVS_SOCKET=" + socket, "LD_PRELOAD=" + TARGET.resolve("libringvs-preload.so")));
        line.addAll(Arrays.asList(program));
        return line.toArray(String[]::new);
    }

    String status(final String... arguments) {
        return Shell.run(client("status", arguments));
    }

    /**
     * ringvs adm under another program, such as one that changes the user: a copy beside the socket, as others than root
     * may not get into the folder that this is built in.
     */
    Shell.Answer attemptAs(final String[] wrapper, final String... arguments) throws IOException {
        final Path copy = Files.copy(
            CLIENT, socket.resolveSibling("ringvs-adm"), StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.COPY_ATTRIBUTES);
        final List<String> command = new ArrayList<>(List.of(wrapper));
        command.addAll(List.of(client(copy, "adm", arguments)));
        return Shell.attempt(command.toArray(String[]::new));
    }

    Path socket() {
        return socket;
    }

    boolean hasSocket() {
        return Files.exists(socket);
    }

    Program program() {
        return program;
    }

    String output() {
        return program.output();
    }

    @Override
    public void close() {
        program.close();
    }

    private String[] client(final String command, final String... arguments) {
        return client(CLIENT, command, arguments);
    }

    private String[] client(final Path program, final String command, final String... arguments) {
        final List<String> line = new ArrayList<>(List.of(
            "env", "RINGVS_SOCKET=" + socket, "bash", "-c", "exec -a \"ringvs " + command + "\" \"$0\" \"$@\"",
            program.toString()));
        line.addAll(Arrays.asList(arguments));
        return line.toArray(String[]::new);
    }
}
