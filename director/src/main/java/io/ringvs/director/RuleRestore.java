package io.ringvs.director;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.control.ControlSession;
import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.HostNames;
import io.ringvs.director.saved.DamagedRulesException;
import io.ringvs.director.saved.RulesLines;
import io.ringvs.host.HostView;
import io.ringvs.service.IpvsSettings;
import io.ringvs.snapshot.MarkRule;

/**
 * Makes the rules of a rules file, by the same commands that an operator would give.
 *
 * <p><b>Threading:</b> control thread, or the starting one before that runs.
 *
 * <p><b>Errors:</b> {@link DamagedRulesException} with the line; nothing has changed then.
 */
final class RuleRestore {
    private final AdmEnvironment adm;
    private final LiveSettings settings;
    private final LiveMarks marks;
    private final HostView host;

    RuleRestore(
        final AdmEnvironment adm, final LiveSettings settings, final LiveMarks marks, final HostView host) {
        this.adm = adm;
        this.settings = settings;
        this.marks = marks;
        this.host = host;
    }

    void restore(final String text) throws DamagedRulesException {
        final RulesLines lines = RulesLines.of(text);
        final IpvsSettings restoredSettings = settings(lines);
        final List<MarkRule> restoredMarks = marks(lines);
        restoreCommands(lines.commands());
        settings.restore(restoredSettings);
        marks.restore(restoredMarks);
    }

    private void restoreCommands(final String commands) throws DamagedRulesException {
        try (ControlSession session = adm.session(HostNames.NONE, "ringvs adm", List.of("-R", "--atomic"))) {
            session.advance();
            session.input(commands);
            session.advance();
            if (session.status() != 0) {
                throw new DamagedRulesException(session.err().toString().lines().findFirst().orElse("no reason given"));
            }
        }
    }

    private IpvsSettings settings(final RulesLines lines) throws DamagedRulesException {
        IpvsSettings restored = settings.current();
        for (final RulesLines.Line line : lines.settings()) {
            try {
                restored = restored.with(line.text());
            } catch (final IllegalArgumentException e) {
                throw new DamagedRulesException(line.number(), e.getMessage());
            }
        }
        return restored;
    }

    private List<MarkRule> marks(final RulesLines lines) throws DamagedRulesException {
        final List<MarkRule> restored = new ArrayList<>();
        for (final RulesLines.Line line : lines.marks()) {
            try {
                restored.add(MarkRuleText.parse(List.of(line.text().split("\\s+")), host));
            } catch (final IllegalArgumentException e) {
                throw new DamagedRulesException(line.number(), e.getMessage());
            }
        }
        return restored;
    }
}
