package io.ringvs.control.adm;

import io.ringvs.control.RuleException;
import io.ringvs.control.RuleSet;

/** The commands that change the rules, as operations of the {@link RuleSet}. */
final class RuleOperation {
    private RuleOperation() {
    }

    static void apply(final CommandLine line, final RuleSet rules) throws RuleException {
        switch (line.command) {
            case ADD_SERVICE -> rules.addService(line.service());
            case EDIT_SERVICE -> rules.editService(line.service());
            case DELETE_SERVICE -> rules.deleteService(line.serviceKey());
            case FLUSH -> rules.flush();
            case ADD_SERVER -> rules.addDestination(line.serviceKey(), line.destination());
            case EDIT_SERVER -> rules.editDestination(line.serviceKey(), line.destination());
            case DELETE_SERVER ->
                rules.deleteDestination(line.serviceKey(), line.serverAddress, line.serverPort);
            case ADD_LOCAL_ADDRESS ->
                rules.addLocalAddress(line.serviceKey(), line.localAddress, line.interfaceName);
            case DELETE_LOCAL_ADDRESS -> rules.deleteLocalAddress(line.serviceKey(), line.localAddress);
            case SET -> rules.setTimeouts(line.tcpSeconds, line.tcpFinSeconds, line.udpSeconds);
            case START_DAEMON -> rules.startDaemon(line.daemon());
            case STOP_DAEMON -> rules.stopDaemon(line.role);
            case ZERO -> {
                if (line.has(MatrixOption.SERVICE)) {
                    rules.zero(line.serviceKey());
                } else {
                    rules.zeroAll();
                }
            }
            default -> throw new IllegalArgumentException(line.command + " changes no rules");
        }
    }

    /** What an operator should know of a change that was made, or null. */
    static String warning(final CommandLine line, final RuleSet rules) {
        return line.command != AdmCommand.ADD_LOCAL_ADDRESS || rules.isOnHost(line.localAddress) ? null
            : "Warning: " + line.localAddress + " is no address of this host, so real servers cannot answer to it; "
                + "add it: ip address add " + line.localAddress + "/" + line.family.hostPrefixLength() + " dev "
                + (line.interfaceName == null ? "INTERFACE" : line.interfaceName);
    }
}
