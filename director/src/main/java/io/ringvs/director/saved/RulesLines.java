package io.ringvs.director.saved;

import java.util.ArrayList;
import java.util.List;

/**
 * A rules file taken apart by command. Line numbers stay: what is not a command of its kind is an empty line there.
 *
 * <p>A file that the director did not write, such as one of {@code ipvsadm-save}, needs neither its first nor its last
 * line.
 *
 * @param commands ipvsadm's commands, all lines of the file, for {@code -R}
 * @param settings {@code NAME=VALUE}, each with its line
 * @param marks    options of mark rules, each with its line
 */
public record RulesLines(String commands, List<Line> settings, List<Line> marks) {
    /**
     * Something in a line.
     *
     * @param number from 1
     */
    public record Line(int number, String text) {
    }

    /**
     * Takes a text apart.
     *
     * @throws DamagedRulesException when a line is no command, or the file was cut off
     */
    public static RulesLines of(final String text) throws DamagedRulesException {
        final String[] lines = text.split("\n", -1);
        final StringBuilder commands = new StringBuilder(text.length());
        final List<Line> settings = new ArrayList<>();
        final List<Line> marks = new ArrayList<>();
        boolean ended = !text.startsWith(RulesText.HEADER_START);
        for (int i = 0; i < lines.length; i++) {
            final String line = lines[i].strip();
            if (line.startsWith("-") || line.startsWith("ipvsadm ")) {
                commands.append(line);
            } else if (line.startsWith(RulesText.SETTING)) {
                settings.add(new Line(i + 1, line.substring(RulesText.SETTING.length()).strip()));
            } else if (line.startsWith(RulesText.MARK)) {
                marks.add(new Line(i + 1, line.substring(RulesText.MARK.length()).strip()));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                throw new DamagedRulesException(i + 1, "'" + shortened(line)
                    + "' is no rule; a line is one of ipvsadm-save's, set NAME=VALUE, mark add ..., or a # comment");
            }
            ended |= line.equals(RulesText.END);
            commands.append('\n');
        }
        if (!ended) {
            throw new DamagedRulesException(lines.length, "the file was cut off: its last line, '" + RulesText.END
                + "', is missing");
        }
        return new RulesLines(commands.toString(), settings, marks);
    }

    private static String shortened(final String line) {
        final StringBuilder text = new StringBuilder();
        line.codePoints().limit(40).forEach(each -> text.appendCodePoint(each < ' ' || each > '~' ? '?' : each));
        return text.toString();
    }
}
