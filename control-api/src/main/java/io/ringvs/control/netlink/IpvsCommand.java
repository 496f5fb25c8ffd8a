package io.ringvs.control.netlink;

/**
 * The commands of the IPVS family and the forms they come in: "do" answers one request, "dump" lists.
 *
 * <p><b>Source:</b> IPVS_CMD_* of Linux {@code include/uapi/linux/ip_vs.h}; order and forms are those of
 * {@code ip_vs_genl_ops} in Linux 6.1 {@code ip_vs_ctl.c}.
 */
enum IpvsCommand {
    NEW_SERVICE(1, Form.DO),
    SET_SERVICE(2, Form.DO),
    DEL_SERVICE(3, Form.DO),
    GET_SERVICE(4, Form.BOTH),
    NEW_DEST(5, Form.DO),
    SET_DEST(6, Form.DO),
    DEL_DEST(7, Form.DO),
    GET_DEST(8, Form.DUMP),
    NEW_DAEMON(9, Form.DO),
    DEL_DAEMON(10, Form.DO),
    GET_DAEMON(11, Form.DUMP),
    SET_CONFIG(12, Form.DO),
    GET_CONFIG(13, Form.DO),
    GET_INFO(15, Form.DO),
    ZERO(16, Form.DO),
    FLUSH(17, Form.DO);

    /** Number of SET_INFO, which is the answer to GET_INFO and never asked for. */
    static final int SET_INFO = 14;

    private final int number;
    private final Form form;

    IpvsCommand(final int number, final Form form) {
        this.number = number;
        this.form = form;
    }

    /** The command of a number, or null. */
    static IpvsCommand of(final int number) {
        for (final IpvsCommand command : values()) {
            if (command.number == number) {
                return command;
            }
        }
        return null;
    }

    int number() {
        return number;
    }

    boolean canDo() {
        return form != Form.DUMP;
    }

    boolean canDump() {
        return form != Form.DO;
    }

    private enum Form { DO, DUMP, BOTH }
}
