package io.ringvs.control.adm;

import io.ringvs.control.ConnectionSource;
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
}
