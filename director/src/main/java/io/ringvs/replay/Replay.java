package io.ringvs.replay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a scenario and records it. */
final class Replay {
    /** Commands whose output is recorded at the end. */
    static final List<String> AFTER = List.of(
        "ipvsadm -Lnc", "ipvsadm -Ln", "ipvsadm -Ln --thresholds", "ipvsadm -Ln --persistent-conn", "ipvsadm -S -n");
    /** The one that is recorded once the counters have settled. */
    static final String AFTER_SETTLED = "ipvsadm -Ln --stats --exact";
    /** Time to that, in milliseconds: counters are published every 2 s. */
    private static final long SETTLING_MS = 2300;
    private static final int MIN_CONNECTIONS = 1024;
    /** About 400 MB. */
    private static final int MAX_CONNECTIONS = 1 << 22;

    private final Scenario scenario;
    private final ReplayDirector director;
    private final List<TraceStep> steps = new ArrayList<>();
    private long nowMs;

    private Replay(final Scenario scenario, final ReplayDirector director) {
        this.scenario = scenario;
        this.director = director;
    }

    static Recording run(final Scenario scenario) throws ReplayException {
        // a packet opens a connection and a template for it at most
        final long connections = Math.min(2L * scenario.steps().size() + MIN_CONNECTIONS, MAX_CONNECTIONS);
        try (ReplayDirector director = new ReplayDirector(scenario.topology(), (int)connections)) {
            return new Replay(scenario, director).run();
        }
    }

    private Recording run() throws ReplayException {
        configure();
        for (final TraceStep step : scenario.steps()) {
            advanceTo(step.timeMs());
            if (step instanceof TraceStep.FrameIn frame) {
                final ReplayDirector.Outcome outcome = director.receive(frame.in());
                steps.add(new TraceStep.FrameIn(steps.size(), nowMs, frame.in(), outcome.out(), outcome.pass()));
            } else if (step instanceof TraceStep.Command command) {
                final ReplayDirector.Answer answer = run(command.line());
                steps.add(new TraceStep.Command(
                    steps.size(), nowMs, command.line(), answer.status(), answer.out(), answer.err()));
            } else if (step instanceof TraceStep.Sleep sleep) {
                steps.add(new TraceStep.Sleep(steps.size(), nowMs, sleep.sleptMs()));
            }
        }
        return new Recording(List.copyOf(steps), after());
    }

    private void configure() throws ReplayException {
        final Topology.Timeouts timeouts = scenario.topology().timeouts();
        if (timeouts != null) {
            require(director.run(List.of("--set", Integer.toString(timeouts.tcp()),
                Integer.toString(timeouts.tcpfin()), Integer.toString(timeouts.udp())), ""), "the topology's timeouts");
        }
        require(director.run(List.of("-R"), scenario.rules()), "rules.ipvs");
    }

    private void require(final ReplayDirector.Answer answer, final String what) throws ReplayException {
        if (answer.status() != 0 || !answer.err().isEmpty()) {
            throw new ReplayException(scenario.name() + ": " + what + ": " + answer.err().strip());
        }
    }

    private void advanceTo(final long timeMs) {
        director.advanceTo(timeMs);
        nowMs = timeMs;
        final List<PortFrame> late = director.collect();
        if (!late.isEmpty()) {
            steps.add(new TraceStep.LateOut(steps.size(), nowMs, late));
        }
    }

    private ReplayDirector.Answer run(final String line) throws ReplayException {
        final List<String> words;
        try {
            words = ShellWords.split(line);
        } catch (final IllegalArgumentException notACommand) {
            throw new ReplayException(scenario.name() + ": " + notACommand.getMessage(), notACommand);
        }
        if (words.isEmpty() || !words.get(0).equals("ipvsadm")) {
            throw new ReplayException(scenario.name() + " has a command other than ipvsadm: " + line);
        }
        return director.run(words.subList(1, words.size()), "");
    }

    private Map<String, String> after() throws ReplayException {
        final Map<String, String> after = new LinkedHashMap<>();
        for (final String command : AFTER) {
            after.put(command, run(command).out());
        }
        advanceTo(nowMs + SETTLING_MS);
        after.put(AFTER_SETTLED, run(AFTER_SETTLED).out());
        return after;
    }
}
