package io.ringvs.control.adm;

import io.ringvs.control.RuleError;

/** ipvsadm's words for an operation that the rules refused. */
public final class OperationText {
    private OperationText() {
    }

    public static String of(final AdmCommand command, final RuleError error) {
        return switch (error) {
            case EXISTS -> switch (command) {
                case ADD_SERVER -> "Destination already exists";
                case START_DAEMON -> "Daemon has already run";
                case ADD_LOCAL_ADDRESS -> "Local address already exists";
                default -> "Service already exists";
            };
            case NOT_FOUND -> switch (command) {
                case EDIT_SERVER, DELETE_SERVER -> "No such destination";
                case DELETE_LOCAL_ADDRESS -> "No such local address";
                default -> "Scheduler or persistence engine not found";
            };
            case NO_SERVICE -> switch (command) {
                case ADD_SERVER, EDIT_SERVER, DELETE_SERVER, ADD_LOCAL_ADDRESS, DELETE_LOCAL_ADDRESS ->
                    "Service not defined";
                case STOP_DAEMON -> "No daemon is running";
                default -> "No such service";
            };
            case INVALID -> "Invalid operation.  Possibly wrong module version, address not unicast, ...";
            case NO_MEMORY -> "Memory allocation problem";
            case ONE_PACKET -> "FULLNAT (-b) does not go with one-packet scheduling (-o), which remembers no client";
            case NOT_SUPPORTED -> command == AdmCommand.START_DAEMON
                ? "Connection synchronisation is not available in this RingVS"
                : "Operation not supported with IPv6";
            case RANGE -> "Numerical result out of range"; // the C library's words from here on
            case NO_DEVICE -> "No such device";
        };
    }
}
