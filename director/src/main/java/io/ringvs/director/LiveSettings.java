package io.ringvs.director;

import java.util.List;
import java.util.Map;

import io.ringvs.control.ControlSession;
import io.ringvs.control.TextSession;
import io.ringvs.control.http.SettingsTable;
import io.ringvs.fastpath.Defences;
import io.ringvs.service.IpvsSettings;

/**
 * The run-time settings that are in force: {@code ringvs get} shows them, {@code ringvs set} changes them, and the
 * defences move the modes that are theirs.
 *
 * <p><b>Threading:</b> control thread.
 */
final class LiveSettings implements SettingsTable {
    private static final int USAGE_STATUS = 2;
    private static final int REFUSED_STATUS = 255;
    private static final long SECOND_MS = 1000;

    private final Defences defences;
    private IpvsSettings initial;
    private IpvsSettings settings;
    private long nextSecondMs;

    /** @param initial the settings to start with */
    LiveSettings(final Defences defences, final IpvsSettings initial, final long nowMs) {
        this.defences = defences;
        this.initial = initial;
        this.settings = defences.apply(initial);
        this.nextSecondMs = nowMs + SECOND_MS;
    }

    IpvsSettings current() {
        return settings;
    }

    /** {@code NAME=VALUE} of each that is another than at start. */
    List<String> saved() {
        return settings.changesFrom(initial);
    }

    /** Puts these in force; they are published with the next snapshot. */
    void restore(final IpvsSettings restored) {
        settings = defences.apply(restored);
    }

    /** Takes over other settings to start with, of which these {@code NAME=VALUE} differ from those before. */
    void reload(final IpvsSettings otherInitial, final List<String> changes) {
        IpvsSettings changed = settings;
        for (final String assignment : changes) {
            changed = changed.with(assignment);
        }
        initial = otherInitial;
        restore(changed);
    }

    /** Re-evaluates the defences when a second is over. */
    void poll(final long nowMs) {
        if (nowMs >= nextSecondMs) {
            nextSecondMs = Math.max(nextSecondMs + SECOND_MS, nowMs + 1);
            settings = defences.everySecond(settings);
        }
    }

    @Override
    public Map<String, Integer> values() {
        return settings.byName();
    }

    @Override
    public void change(final Map<String, String> changes) {
        restore(settings.with(changes));
    }

    /** {@code ringvs get [NAME...]}: the values, as sysctl(8) prints them. */
    ControlSession get(final List<String> names) {
        if (names.isEmpty()) {
            return TextSession.show(String.join("\n", settings.list()) + "\n");
        }
        final StringBuilder text = new StringBuilder();
        try {
            names.forEach(name -> text.append(settings.get(name)).append('\n'));
        } catch (final IllegalArgumentException e) {
            return TextSession.fail(REFUSED_STATUS, e.getMessage());
        }
        return TextSession.show(text.toString());
    }

    /** {@code ringvs set NAME=VALUE...}: changes all of them, or none if one is wrong. */
    ControlSession set(final List<String> assignments) {
        if (assignments.isEmpty()) {
            return TextSession.fail(USAGE_STATUS, "ringvs set needs NAME=VALUE; ringvs get lists the names");
        }
        IpvsSettings changed = settings;
        for (final String assignment : assignments) {
            if (assignment.indexOf('=') < 0) {
                return TextSession.fail(USAGE_STATUS, "'" + assignment + "' is not of the form NAME=VALUE");
            }
            try {
                changed = changed.with(assignment);
            } catch (final IllegalArgumentException e) {
                return TextSession.fail(REFUSED_STATUS, e.getMessage());
            }
        }
        restore(changed);
        return TextSession.changed("");
    }
}
