package io.ringvs.replay;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringvs replay}: what would the director do with these frames? */
@Command(name = "replay", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Replays a folder of recorded frames and commands through the director, without root or interfaces.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done; with --check also: all is as recorded", "1:something cannot be replayed, or differs"})
public final class ReplayCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR",
        description = "Folder with topology.json, rules.ipvs, and trace.jsonl or in.pcap.")
    private Path folder;

    @Option(names = "--all", paramLabel = "TREE", description = "Replays every folder in TREE instead of one.")
    private Path tree;

    @Option(names = "--out", required = true, paramLabel = "OUTDIR",
        description = "Where trace.jsonl, in.pcap, out.pcap and after.json are written; with --all a folder for each.")
    private Path out;

    @Option(names = "--check", description = "Compares with the record and tells the first difference of each folder.")
    private boolean check;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if ((folder == null) == (tree == null)) {
            throw new ParameterException(spec.commandLine(), "name either one folder or a tree with --all");
        }
        final PrintWriter console = spec.commandLine().getOut();
        final int failed;
        try {
            failed = tree == null ? replay(folder, out) : replayAll();
        } catch (final ReplayException cannot) {
            spec.commandLine().getErr().println("ringvs: " + cannot.getMessage());
            return FAILED;
        } finally {
            console.flush();
        }
        return failed == 0 ? 0 : FAILED;
    }

    private int replayAll() throws ReplayException {
        final List<Path> folders;
        try (Stream<Path> entries = Files.list(tree)) {
            folders = entries.filter(Files::isDirectory).sorted().toList();
        } catch (final IOException e) {
            throw new ReplayException("cannot list the folders of " + tree + ": " + e.getMessage(), e);
        }
        if (folders.isEmpty()) {
            throw new ReplayException("there is no folder in " + tree);
        }
        int failed = 0;
        for (final Path each : folders) {
            try {
                failed += replay(each, out.resolve(each.getFileName()));
            } catch (final ReplayException cannot) {
                spec.commandLine().getErr().println("ringvs: " + cannot.getMessage());
                failed++;
            }
        }
        spec.commandLine().getOut().println(folders.size() + " replayed, " + failed
            + (check ? " not as recorded" : " failed"));
        return failed;
    }

    /** Returns 0, or 1 if the replay is not as recorded. */
    private int replay(final Path from, final Path to) throws ReplayException {
        final Scenario scenario = new ScenarioFolder(from).read();
        final Recording recording = Replay.run(scenario);
        new ScenarioFolder(to).write(recording);
        final String difference = check ? RecordComparison.difference(scenario, recording) : null;
        if (difference == null) {
            return 0;
        }
        spec.commandLine().getOut().println(scenario.name() + ": " + difference);
        return 1;
    }
}
