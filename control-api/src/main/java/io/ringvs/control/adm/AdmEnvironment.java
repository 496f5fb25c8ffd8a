package io.ringvs.control.adm;

import java.util.List;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.ControlSession;
import io.ringvs.control.RuleSet;

/**
 * What commands work on.
 *
 * @param rules       the rules
 * @param connections the connections
 * @param tableSize   slots of the connection table, as the first line of a listing tells
 * @param services    names of ports
 */
public record AdmEnvironment(
    RuleSet rules, ConnectionSource connections, int tableSize, ServiceNames services) {

    /** Begins a run of the command. */
    public ControlSession session(final HostNames hosts, final String program, final List<String> words) {
        return new AdmSession(this, hosts, program, words);
    }
}
