package io.ringvs.director;

import java.util.List;

import io.ringvs.control.ControlSession;
import io.ringvs.control.TextSession;
import io.ringvs.fastpath.Defences;
import io.ringvs.service.IpvsSettings;

/**
 * The run-time settings that are in force: {@code ringvs get} shows them, {@code ringvs set} changes them, and the defences
 * move the modes that are theirs.
 *
 * <p><b>Threading:</b> control thread.
 */
final class LiveSettings {
    private static final int USAGE_STATUS = 2;
    private static final int REFUSED_STATUS = 255;
    private static final long SECOND_MS = 1000;

    private final Defences defences;
    private IpvsSettings settings = IpvsSettings.DEFAULTS;
    private long nextSecondMs;

    LiveSettings(final Defences defences, final long nowMs) {
        this.defences = defences;
        this.nextSecondMs = nowMs + SECOND_MS;
    }

    IpvsSettings current() {
        return settings;
    }

    /** Re-evaluates the defences when a second is over. */
    void poll(final long nowMs) {
        if (nowMs >= nextSecondMs) {
            nextSecondMs = Math.max(nextSecondMs + SECOND_MS, nowMs + 1);
            settings = defences.everySecond(settings);
        }
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
            final int equals = assignment.indexOf('=');
            if (equals < 0) {
                return TextSession.fail(USAGE_STATUS, "'" + assignment + "' is not of the form NAME=VALUE");
            }
            try {
                changed = changed.with(assignment.substring(0, equals), assignment.substring(equals + 1));
            } catch (final IllegalArgumentException e) {
                return TextSession.fail(REFUSED_STATUS, e.getMessage());
            }
        }
        settings = defences.apply(changed);
        return TextSession.changed("");
    }
}
