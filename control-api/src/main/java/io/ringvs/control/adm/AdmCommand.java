package io.ringvs.control.adm;

import static io.ringvs.control.adm.MatrixOption.CONNECTION;
import static io.ringvs.control.adm.MatrixOption.DAEMON;
import static io.ringvs.control.adm.MatrixOption.FORWARDING;
import static io.ringvs.control.adm.MatrixOption.INTERFACE;
import static io.ringvs.control.adm.MatrixOption.LOCAL_ADDRESS;
import static io.ringvs.control.adm.MatrixOption.NUMERIC;
import static io.ringvs.control.adm.MatrixOption.SERVER;
import static io.ringvs.control.adm.MatrixOption.SERVICE;
import static io.ringvs.control.adm.MatrixOption.SYNCID;
import static io.ringvs.control.adm.MatrixOption.TIMEOUT;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The commands, each with the options it takes. */
public enum AdmCommand {
    ADD_SERVICE("add-service", Set.of(SERVICE), Allowed.SERVICE_SETTINGS),
    EDIT_SERVICE("edit-service", Set.of(SERVICE), Allowed.SERVICE_SETTINGS),
    DELETE_SERVICE("delete-service", Set.of(SERVICE), Set.of()),
    FLUSH("flush", Set.of(), Set.of()),
    LIST(new OptionMatrix(
        "'list' command", Set.of(), Allowed.LIST, EnumSet.of(CONNECTION, SERVICE, TIMEOUT, DAEMON))),
    ADD_SERVER("add-server", Set.of(SERVICE, SERVER), Allowed.SERVER_SETTINGS),
    EDIT_SERVER("edit-server", Set.of(SERVICE, SERVER), Allowed.SERVER_SETTINGS),
    DELETE_SERVER("delete-server", Set.of(SERVICE, SERVER), Set.of()),
    SET("set", Set.of(), Set.of()),
    START_DAEMON("start-daemon", Set.of(), Allowed.DAEMON_SETTINGS),
    STOP_DAEMON("stop-daemon", Set.of(), Set.of(SYNCID)),
    RESTORE("restore", Set.of(), Set.of(MatrixOption.ATOMIC)),
    SAVE("save", Set.of(), Set.of(NUMERIC)),
    ZERO("zero", Set.of(), Set.of(SERVICE)),
    ADD_LOCAL_ADDRESS("add-laddr", Set.of(SERVICE, LOCAL_ADDRESS), Set.of(INTERFACE)),
    DELETE_LOCAL_ADDRESS("del-laddr", Set.of(SERVICE, LOCAL_ADDRESS), Set.of(INTERFACE)),
    GET_LOCAL_ADDRESSES("get-laddr", Set.of(), Set.of(SERVICE, NUMERIC));

    private static final Set<MatrixOption> EVERYTHING = EnumSet.allOf(MatrixOption.class);

    private final OptionMatrix matrix;

    AdmCommand(final OptionMatrix matrix) {
        this.matrix = matrix;
    }

    AdmCommand(final String text, final Set<MatrixOption> required, final Set<MatrixOption> allowed) {
        this(OptionMatrix.command(text, required, allowed));
    }

    /** The command of an option, or null if the option is none. */
    static AdmCommand of(final AdmOption option) {
        return switch (option) {
            case ADD_SERVICE -> ADD_SERVICE;
            case EDIT_SERVICE -> EDIT_SERVICE;
            case DELETE_SERVICE -> DELETE_SERVICE;
            case CLEAR -> FLUSH;
            case LIST, LIST_SMALL -> LIST;
            case ZERO -> ZERO;
            case ADD_SERVER -> ADD_SERVER;
            case EDIT_SERVER -> EDIT_SERVER;
            case DELETE_SERVER -> DELETE_SERVER;
            case SET -> SET;
            case RESTORE -> RESTORE;
            case SAVE -> SAVE;
            case START_DAEMON -> START_DAEMON;
            case STOP_DAEMON -> STOP_DAEMON;
            case ADD_LOCAL_ADDRESS -> ADD_LOCAL_ADDRESS;
            case DELETE_LOCAL_ADDRESS -> DELETE_LOCAL_ADDRESS;
            case GET_LOCAL_ADDRESSES -> GET_LOCAL_ADDRESSES;
            default -> null;
        };
    }

    void check(final Set<MatrixOption> given) throws AdmExit {
        matrix.check(given, EVERYTHING);
    }

    /** Whether the command is one of {@code commands}. */
    boolean isOneOf(final AdmCommand... commands) {
        return List.of(commands).contains(this);
    }

    /** Sets that several commands share; a class of its own because an enum's constants come before its fields. */
    private static final class Allowed {
        private static final Set<MatrixOption> SERVICE_SETTINGS = EnumSet.of(
            MatrixOption.SCHEDULER, MatrixOption.PERSISTENT, MatrixOption.NETMASK, MatrixOption.OPS,
            MatrixOption.ENGINE, MatrixOption.SCHED_FLAGS);
        private static final Set<MatrixOption> SERVER_SETTINGS = EnumSet.of(
            FORWARDING, MatrixOption.WEIGHT, MatrixOption.U_THRESHOLD, MatrixOption.L_THRESHOLD,
            MatrixOption.TUN_TYPE, MatrixOption.TUN_PORT, MatrixOption.TUN_NOCSUM, MatrixOption.TUN_CSUM,
            MatrixOption.TUN_REMCSUM);
        private static final Set<MatrixOption> LIST = EnumSet.of(
            NUMERIC, MatrixOption.STATS, MatrixOption.RATE, MatrixOption.THRESHOLDS, MatrixOption.PERSISTENT_CONN,
            MatrixOption.NOSORT, SYNCID, MatrixOption.EXACT, MatrixOption.TUN_INFO, MatrixOption.FULLNAT);
        private static final Set<MatrixOption> DAEMON_SETTINGS = EnumSet.of(
            MatrixOption.MCAST_INTERFACE, SYNCID, MatrixOption.MCAST_GROUP, MatrixOption.MCAST_PORT,
            MatrixOption.MCAST_TTL, MatrixOption.SYNC_MAXLEN);
    }
}
