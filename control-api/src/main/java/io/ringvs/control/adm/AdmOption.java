package io.ringvs.control.adm;

import static io.ringvs.control.adm.AdmOption.Argument.NONE;
import static io.ringvs.control.adm.AdmOption.Argument.OPTIONAL;
import static io.ringvs.control.adm.AdmOption.Argument.REQUIRED;

import java.util.HashMap;
import java.util.Map;

/** Every option of ipvsadm, and some of DPVS, with its long name, its letter and whether it takes a value. */
enum AdmOption {
    ADD_SERVICE("add-service", 'A', NONE),
    EDIT_SERVICE("edit-service", 'E', NONE),
    DELETE_SERVICE("delete-service", 'D', NONE),
    CLEAR("clear", 'C', NONE),
    LIST("list", 'L', NONE),
    LIST_SMALL("list", 'l', NONE),
    ZERO("zero", 'Z', NONE),
    ADD_SERVER("add-server", 'a', NONE),
    EDIT_SERVER("edit-server", 'e', NONE),
    DELETE_SERVER("delete-server", 'd', NONE),
    SET("set", '\0', NONE),
    HELP("help", 'h', NONE),
    VERSION("version", 'v', NONE),
    RESTORE("restore", 'R', NONE),
    SAVE("save", 'S', NONE),
    START_DAEMON("start-daemon", '\0', REQUIRED),
    STOP_DAEMON("stop-daemon", '\0', REQUIRED),

    TCP_SERVICE("tcp-service", 't', REQUIRED),
    UDP_SERVICE("udp-service", 'u', REQUIRED),
    SCTP_SERVICE("sctp-service", '\0', REQUIRED),
    FWMARK_SERVICE("fwmark-service", 'f', REQUIRED),
    IPV6("ipv6", '6', NONE),
    SCHEDULER("scheduler", 's', REQUIRED),
    PERSISTENT("persistent", 'p', OPTIONAL),
    NETMASK("netmask", 'M', REQUIRED),
    ENGINE("pe", '\0', REQUIRED),
    OPS("ops", 'o', NONE),
    SCHED_FLAGS("sched-flags", 'b', REQUIRED),
    REAL_SERVER("real-server", 'r', REQUIRED),
    GATEWAYING("gatewaying", 'g', NONE),
    IPIP("ipip", 'i', NONE),
    MASQUERADING("masquerading", 'm', NONE),
    WEIGHT("weight", 'w', REQUIRED),
    U_THRESHOLD("u-threshold", 'x', REQUIRED),
    L_THRESHOLD("l-threshold", 'y', REQUIRED),
    TUN_TYPE("tun-type", '\0', REQUIRED),
    TUN_PORT("tun-port", '\0', REQUIRED),
    TUN_NOCSUM("tun-nocsum", '\0', NONE),
    TUN_CSUM("tun-csum", '\0', NONE),
    TUN_REMCSUM("tun-remcsum", '\0', NONE),
    NUMERIC("numeric", 'n', NONE),
    CONNECTION("connection", 'c', NONE),
    TIMEOUT("timeout", '\0', NONE),
    DAEMON("daemon", '\0', NONE),
    STATS("stats", '\0', NONE),
    RATE("rate", '\0', NONE),
    THRESHOLDS("thresholds", '\0', NONE),
    PERSISTENT_CONN("persistent-conn", '\0', NONE),
    TUN_INFO("tun-info", '\0', NONE),
    NOSORT("nosort", '\0', NONE),
    SORT("sort", '\0', NONE),
    EXACT("exact", 'X', NONE),
    SYNCID("syncid", '\0', REQUIRED),
    MCAST_INTERFACE("mcast-interface", '\0', REQUIRED),
    MCAST_GROUP("mcast-group", '\0', REQUIRED),
    MCAST_PORT("mcast-port", '\0', REQUIRED),
    MCAST_TTL("mcast-ttl", '\0', REQUIRED),
    SYNC_MAXLEN("sync-maxlen", '\0', REQUIRED),

    /** Not ipvsadm's but DPVS's; {@code -b} where a real server is added or changed, see {@link #ofLetter}. */
    FULLNAT("fullnat", '\0', NONE),
    ADD_LOCAL_ADDRESS("add-laddr", 'P', NONE),
    DELETE_LOCAL_ADDRESS("del-laddr", 'Q', NONE),
    GET_LOCAL_ADDRESSES("get-laddr", 'G', NONE),
    LOCAL_ADDRESS("laddr", 'z', REQUIRED),
    INTERFACE("ifname", 'F', REQUIRED),

    /** Not ipvsadm's: {@code -R --atomic} restores everything or nothing. */
    ATOMIC("atomic", '\0', NONE);

    /** Whether an option takes a value. */
    enum Argument { NONE, OPTIONAL, REQUIRED }

    private static final Map<String, AdmOption> BY_NAME = new HashMap<>();
    private static final Map<Character, AdmOption> BY_LETTER = new HashMap<>();

    static {
        for (final AdmOption option : values()) {
            BY_NAME.putIfAbsent(option.longName, option);
            if (option.letter != '\0') {
                BY_LETTER.put(option.letter, option);
            }
        }
    }

    final Argument argument;
    private final String longName;
    private final char letter;

    AdmOption(final String longName, final char letter, final Argument argument) {
        this.longName = longName;
        this.letter = letter;
        this.argument = argument;
    }

    static AdmOption ofLongName(final String name) {
        return BY_NAME.get(name);
    }

    /**
     * The option of a letter, or null.
     *
     * @param ofServer whether it is of a command that adds or changes a real server, where ipvsadm has no {@code -b}
     */
    static AdmOption ofLetter(final char letter, final boolean ofServer) {
        return ofServer && letter == 'b' ? FULLNAT : BY_LETTER.get(letter);
    }
}
