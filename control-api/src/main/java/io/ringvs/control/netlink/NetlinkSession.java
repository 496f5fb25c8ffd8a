package io.ringvs.control.netlink;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.ringvs.control.ControlSession;
import io.ringvs.control.RuleSet;
import io.ringvs.control.TextSession;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * One datagram of a program that speaks netlink, and the answer: {@code ringvs netlink PORT}, where PORT is the port id
 * of the program's socket. Standard input is the datagram, standard output the messages that the kernel would answer,
 * one after the other, bytes as characters.
 *
 * <p>What the datagram changes is in effect when the command ends, so whoever carries the conversation gives the
 * acknowledgement to the program no earlier.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class NetlinkSession extends ControlSession {
    /** Longest datagram: several times what any program sends at once. */
    static final int MAX_DATAGRAM = 64 << 10;
    private static final int USAGE_STATUS = 2;
    private static final int PIECE = 64 << 10;

    private final IpvsFamily ipvs;
    private final AnswerWriter answer;
    private Requests requests;

    NetlinkSession(final RuleSet rules, final int tableSize, final int portId) {
        this.ipvs = new IpvsFamily(rules, tableSize);
        this.answer = new AnswerWriter(portId);
    }

    /**
     * Begins the command.
     *
     * @param tableSize slots of the connection table
     * @param words     the port id
     */
    public static ControlSession begin(final RuleSet rules, final int tableSize, final List<String> words) {
        try {
            if (words.size() == 1) {
                return new NetlinkSession(rules, tableSize, Integer.parseUnsignedInt(words.get(0)));
            }
        } catch (final NumberFormatException e) {
            // said below
        }
        return TextSession.fail(USAGE_STATUS,
            "ringvs netlink needs the port id of a netlink socket; programs are run with ringvs exec");
    }

    @Override
    public Step advance() {
        if (requests == null) {
            return status() == 0 ? Step.INPUT : Step.DONE;
        }
        boolean more = true;
        while (more && answer.length() < PIECE) {
            more = requests.answerNext(answer);
        }
        out().append(answer.take());
        return more ? Step.OUTPUT : Step.DONE;
    }

    @Override
    public void input(final String text) {
        final byte[] datagram = text.getBytes(StandardCharsets.ISO_8859_1);
        if (datagram.length > MAX_DATAGRAM) {
            err().append("a netlink datagram has at most ").append(MAX_DATAGRAM).append(" bytes, and this one ")
                .append(datagram.length).append('\n');
            exitWith(USAGE_STATUS);
        } else {
            requests = new Requests(new UnsafeBuffer(datagram), datagram.length, ipvs);
        }
    }

    @Override
    public boolean changed() {
        return ipvs.changed();
    }
}
