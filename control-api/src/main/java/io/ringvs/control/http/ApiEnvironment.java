package io.ringvs.control.http;

import java.util.function.Supplier;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.DirectorStatus;
import io.ringvs.control.RuleSet;

/**
 * What the API shows and changes.
 *
 * @param status reads the director anew
 */
public record ApiEnvironment(
    RuleSet rules, ConnectionSource connections, SettingsTable settings, MarkTable marks,
    Supplier<DirectorStatus> status) {
}
