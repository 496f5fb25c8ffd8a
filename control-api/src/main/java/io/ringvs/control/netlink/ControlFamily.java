package io.ringvs.control.netlink;

import static io.ringvs.control.netlink.AttributePolicy.integer;
import static io.ringvs.control.netlink.AttributePolicy.string;

import java.util.Map;

import io.ringvs.linux.Errno;
import io.ringvs.netlink.NetlinkMessage;

/**
 * The family that tells about families, as far as it is asked about IPVS.
 *
 * <p><b>Source:</b> CTRL_* of Linux {@code include/uapi/linux/genetlink.h}; ctrl_getfamily() and ctrl_fill_info() of
 * Linux 6.1 {@code net/netlink/genetlink.c}.
 */
final class ControlFamily {
    static final int ID = 0x10;

    private static final int VERSION = 2;
    private static final int NEW_FAMILY = 1;
    private static final int GET_FAMILY = 3;

    private static final int ATTRIBUTE_FAMILY_ID = 1;
    private static final int ATTRIBUTE_FAMILY_NAME = 2;
    private static final int ATTRIBUTE_VERSION = 3;
    private static final int ATTRIBUTE_HEADER_SIZE = 4;
    private static final int ATTRIBUTE_MAX_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_OPERATIONS = 6;
    private static final int OPERATION_ID = 1;
    private static final int OPERATION_FLAGS = 2;

    /** GENL_ADMIN_PERM and GENL_CMD_CAP_HASPOL: of all operations; and the forms that one has. */
    private static final int OPERATION_ALWAYS = 0x1 | 0x8;
    private static final int OPERATION_DO = 0x2;
    private static final int OPERATION_DUMP = 0x4;

    private static final AttributePolicy POLICY =
        new AttributePolicy(Map.of(ATTRIBUTE_FAMILY_ID, integer(2), ATTRIBUTE_FAMILY_NAME, string(15)));

    private ControlFamily() {
    }

    static void answer(final NetlinkMessage request, final int command, final AnswerWriter answer)
        throws NetlinkRefusal {
        if (command != GET_FAMILY || (request.flags() & NetlinkMessage.FLAG_DUMP) == NetlinkMessage.FLAG_DUMP) {
            throw new NetlinkRefusal(Errno.EOPNOTSUPP);
        }
        final AttributeTable attributes = AttributeTable.parse(
            request.buffer(), request.bodyOffset() + AnswerWriter.GENERIC_HEADER_LENGTH, request.end(), POLICY);
        final boolean byName = attributes.has(ATTRIBUTE_FAMILY_NAME);
        if (!byName) {
            attributes.require(ATTRIBUTE_FAMILY_ID);
        }
        if (byName ? !attributes.text(ATTRIBUTE_FAMILY_NAME).equals(IpvsFamily.NAME)
            : attributes.u16(ATTRIBUTE_FAMILY_ID) != IpvsFamily.ID) {
            throw new NetlinkRefusal(Errno.ENOENT);
        }
        describe(request, answer);
    }

    private static void describe(final NetlinkMessage request, final AnswerWriter answer) {
        answer.begin(request, 0, NEW_FAMILY, VERSION);
        answer.text(ATTRIBUTE_FAMILY_NAME, IpvsFamily.NAME);
        answer.u16(ATTRIBUTE_FAMILY_ID, IpvsFamily.ID);
        answer.u32(ATTRIBUTE_VERSION, IpvsFamily.VERSION);
        answer.u32(ATTRIBUTE_HEADER_SIZE, 0);
        answer.u32(ATTRIBUTE_MAX_ATTRIBUTE, IpvsAttribute.Command.TIMEOUT_UDP);
        final int operations = answer.beginNest(ATTRIBUTE_OPERATIONS);
        for (final IpvsCommand command : IpvsCommand.values()) {
            final int operation = answer.beginNest(command.ordinal() + 1);
            answer.u32(OPERATION_ID, command.number());
            answer.u32(OPERATION_FLAGS, OPERATION_ALWAYS | (command.canDo() ? OPERATION_DO : 0)
                | (command.canDump() ? OPERATION_DUMP : 0));
            answer.endNest(operation);
        }
        answer.endNest(operations);
        answer.end();
    }
}
