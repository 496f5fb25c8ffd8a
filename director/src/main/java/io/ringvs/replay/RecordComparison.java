package io.ringvs.replay;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Compares a recording with what was recorded of the scenario before, as strictly as records allow: bytes are exact but
 * for the fields of {@link FrameMask} and the frames of {@link HostAnswer}; connections are a set, and their times to
 * expiry good to some seconds; counters that are shown within a trace are not compared, as they lag; frames without an
 * input are not either.
 */
final class RecordComparison {
    /** Of times to expiry, in seconds: what the recording command may have taken. */
    private static final int TOLERANCE_S = 2;
    /** Likewise at the end, where the connections were listed after other commands. */
    private static final int AFTER_TOLERANCE_S = 4;

    private final Scenario record;
    private final Recording got;
    private final FrameMask mask;

    private RecordComparison(final Scenario record, final Recording got) {
        this.record = record;
        this.got = got;
        mask = new FrameMask(record.steps());
    }

    /** The first difference in a sentence, or null if there is none. */
    static String difference(final Scenario record, final Recording got) throws ReplayException {
        if (record.after() == null) {
            throw new ReplayException(record.name() + " is no record: it has no after.json to compare with");
        }
        final RecordComparison comparison = new RecordComparison(record, got);
        return record.topology().random() ? comparison.compareCounts() : comparison.compare();
    }

    private static List<TraceStep> caused(final List<TraceStep> steps) {
        return steps.stream().filter(step -> !(step instanceof TraceStep.LateOut)).toList();
    }

    private String compareCounts() {
        final List<Integer> recorded = counts(record.steps());
        final List<Integer> actual = counts(got.steps());
        return recorded.equals(actual) ? null
            : "frames that came out of each input: recorded " + recorded + ", got " + actual;
    }

    private static List<Integer> counts(final List<TraceStep> steps) {
        return steps.stream().filter(TraceStep.FrameIn.class::isInstance)
            .map(step -> ((TraceStep.FrameIn)step).out().size()).toList();
    }

    private String compare() {
        final List<TraceStep> recorded = caused(record.steps());
        final List<TraceStep> actual = caused(got.steps());
        if (recorded.size() != actual.size()) {
            return "steps: recorded " + recorded.size() + ", got " + actual.size();
        }
        for (int i = 0; i < recorded.size(); i++) {
            final String difference = compare(recorded.get(i), actual.get(i));
            if (difference != null) {
                return "step " + recorded.get(i).number() + ": " + difference;
            }
        }
        for (final Map.Entry<String, String> command : record.after().entrySet()) {
            final String difference = text(
                command.getKey(), command.getValue(), String.valueOf(got.after().get(command.getKey())),
                AFTER_TOLERANCE_S);
            if (difference != null) {
                return "at the end: " + command.getKey() + ": " + difference;
            }
        }
        return null;
    }

    private String compare(final TraceStep recorded, final TraceStep actual) {
        if (recorded instanceof TraceStep.FrameIn expected) {
            return actual instanceof TraceStep.FrameIn frame && Arrays.equals(expected.in().bytes(), frame.in().bytes())
                ? frames(expected, frame) : "recorded another input than was replayed";
        }
        if (recorded instanceof TraceStep.Command expected) {
            return actual instanceof TraceStep.Command command && expected.line().equals(command.line())
                ? command(expected, command) : "recorded another command than was replayed";
        }
        return null;
    }

    private String frames(final TraceStep.FrameIn recorded, final TraceStep.FrameIn actual) {
        final List<PortFrame> expected = recorded.out().stream().filter(frame -> !HostAnswer.isAlwaysHosts(frame)
            && !(actual.pass() && HostAnswer.isAnswer(recorded.in(), frame))).toList();
        final List<PortFrame> came = actual.out().stream().filter(frame -> !HostAnswer.isAlwaysHosts(frame)).toList();
        for (int i = 0; i < Math.min(expected.size(), came.size()); i++) {
            final String difference = frame(expected.get(i), came.get(i));
            if (difference != null) {
                return "output " + i + ": " + difference;
            }
        }
        if (expected.size() == came.size()) {
            return null;
        }
        final boolean missing = came.size() < expected.size();
        final PortFrame odd = (missing ? expected : came).get(Math.min(expected.size(), came.size()));
        return "outputs: recorded " + expected.size() + ", got " + came.size()
            + (actual.pass() ? " (left to the host)" : "") + "; the first one only "
            + (missing ? "recorded" : "got") + " is at " + odd.interfaceName() + ": " + FrameFields.of(odd.bytes());
    }

    private String frame(final PortFrame recorded, final PortFrame actual) {
        if (!recorded.interfaceName().equals(actual.interfaceName())) {
            return "interface: recorded " + recorded.interfaceName() + ", got " + actual.interfaceName();
        }
        return FrameFields.difference(
            mask.apply(recorded.bytes()), mask.apply(actual.bytes(), recorded.bytes()));
    }

    private static String command(final TraceStep.Command recorded, final TraceStep.Command actual) {
        if (recorded.status() != actual.status()) {
            return recorded.line() + ": exit status: recorded " + recorded.status() + ", got " + actual.status()
                + (actual.err().isBlank() ? "" : " with '" + actual.err().strip() + "'");
        }
        if (recorded.line().contains("--stats")) {
            return null;
        }
        final String difference = text(recorded.line(), recorded.out(), actual.out(), TOLERANCE_S);
        return difference == null ? null : recorded.line() + ": " + difference;
    }

    private static String text(
        final String command, final String recorded, final String actual, final int toleranceSeconds) {
        if (command.contains("-Lnc")) {
            return ConnectionListing.difference(recorded, actual, toleranceSeconds);
        }
        final List<String> expected = recorded.lines().toList();
        final List<String> lines = actual.lines().toList();
        for (int i = 0; i < Math.max(expected.size(), lines.size()); i++) {
            final String line = i < expected.size() ? expected.get(i) : "nothing";
            final String came = i < lines.size() ? lines.get(i) : "nothing";
            if (!line.equals(came)) {
                return "line " + (i + 1) + ": recorded '" + line + "', got '" + came + "'";
            }
        }
        return recorded.equals(actual) ? null : "the last line's end differs";
    }
}
