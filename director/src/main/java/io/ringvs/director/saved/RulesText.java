package io.ringvs.director.saved;

import java.io.IOException;
import java.util.List;

import io.ringvs.conntab.ProtocolTimeouts;
import io.ringvs.control.adm.SavedRules;
import io.ringvs.snapshot.ServiceIndex;
import io.ringvs.snapshot.VirtualService;

/**
 * The text of a rules file: commands that make the rules, one a line.
 *
 * <p>Lines of services and real servers are those of {@code ipvsadm -S -n}, with thresholds, in the order in which they
 * were added; {@code --set}, {@code set NAME=VALUE} and {@code mark add ...} are what the commands of that name take.
 *
 * @param services services as published
 * @param timeouts connection timeouts
 * @param settings {@code NAME=VALUE} of each run-time setting that is another than at start
 * @param marks    the options of each mark rule, in order
 */
public record RulesText(
    ServiceIndex services, ProtocolTimeouts timeouts, List<String> settings, List<String> marks) {

    /** The first line of a file that the director wrote. */
    static final String HEADER = "# ringvs rules 1: written by the director on every change; "
        + "edit it only while the director does not run";
    static final String HEADER_START = "# ringvs rules ";
    /** Its last line: without it the file was cut off. */
    static final String END = "# end of rules";
    static final String SETTING = "set ";
    static final String MARK = "mark add ";

    /** Writes the whole text, piece by piece: there may be a hundred thousand lines. */
    public void writeTo(final Appendable out) throws IOException {
        final StringBuilder text = new StringBuilder(HEADER).append('\n');
        text.append("--set ").append(timeouts.tcpSeconds()).append(' ').append(timeouts.tcpFinSeconds()).append(' ')
            .append(timeouts.udpSeconds()).append('\n');
        settings.forEach(each -> text.append(SETTING).append(each).append('\n'));
        marks.forEach(each -> text.append(MARK).append(each).append('\n'));
        for (final VirtualService service : services.services()) {
            SavedRules.append(text, service);
            out.append(text);
            text.setLength(0);
        }
        out.append(text.append(END).append('\n'));
    }

    /** Whether the text is the same for sure, without writing it: what changed is another object. */
    boolean isSameAs(final RulesText other) {
        return other != null && services == other.services && timeouts == other.timeouts
            && settings.equals(other.settings) && marks.equals(other.marks);
    }
}
