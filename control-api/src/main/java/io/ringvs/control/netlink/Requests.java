package io.ringvs.control.netlink;

import io.ringvs.control.RuleException;
import io.ringvs.linux.Errno;
import io.ringvs.netlink.NetlinkMessage;

import org.agrona.DirectBuffer;

/**
 * Goes through the requests of one datagram and answers each as the kernel does: an answer, if there is one, then an
 * acknowledgement, if one was asked for; an error in their place; and a dump, to its end.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Errors:</b> what follows a message whose length does not fit is ignored, without a word.
 *
 * <p><b>Source:</b> netlink_rcv_skb() of Linux 6.1 {@code net/netlink/af_netlink.c}, genl_rcv_msg() of
 * {@code genetlink.c}.
 */
final class Requests {
    /** Types below are netlink's own (NLMSG_MIN_TYPE). */
    private static final int FIRST_FAMILY = 0x10;

    private final IpvsFamily ipvs;
    private final NetlinkMessage request = new NetlinkMessage();
    private Dump dump;

    Requests(final DirectBuffer datagram, final int length, final IpvsFamily ipvs) {
        this.ipvs = ipvs;
        request.wrap(datagram, 0, length);
    }

    /** Writes the next messages of the answer; false once there are none. */
    boolean answerNext(final AnswerWriter answer) {
        if (dump != null) {
            if (!dump.writeNext(answer)) {
                answer.done(request);
                dump = null;
            }
            return true;
        }
        if (!request.next()) {
            return false;
        }
        final int errno = serve(answer);
        if (errno != 0) {
            answer.refuse(request, errno);
        } else if (dump == null && request.hasFlag(NetlinkMessage.FLAG_ACK)) {
            answer.acknowledge(request);
        }
        return true;
    }

    /** Answers 0 or an error number. */
    private int serve(final AnswerWriter answer) {
        if (!request.hasFlag(NetlinkMessage.FLAG_REQUEST) || request.type() < FIRST_FAMILY) {
            return 0;
        }
        if (request.type() != ControlFamily.ID && request.type() != IpvsFamily.ID) {
            return Errno.ENOENT;
        }
        if (request.bodyLength() < AnswerWriter.GENERIC_HEADER_LENGTH) {
            return Errno.EINVAL;
        }
        final int command = request.buffer().getByte(request.bodyOffset()) & 0xff;
        try {
            if (request.type() == ControlFamily.ID) {
                ControlFamily.answer(request, command, answer);
            } else {
                serveIpvs(IpvsCommand.of(command), answer);
            }
            return 0;
        } catch (final NetlinkRefusal refusal) {
            return refusal.errno();
        } catch (final RuleException refused) {
            return refused.error().errno();
        }
    }

    private void serveIpvs(final IpvsCommand command, final AnswerWriter answer)
        throws NetlinkRefusal, RuleException {
        final boolean lists = (request.flags() & NetlinkMessage.FLAG_DUMP) == NetlinkMessage.FLAG_DUMP;
        if (command == null || (lists ? !command.canDump() : !command.canDo())) {
            throw new NetlinkRefusal(Errno.EOPNOTSUPP);
        }
        if (lists) {
            dump = ipvs.dump(request, command);
        } else {
            ipvs.answer(request, command, answer);
        }
    }
}
