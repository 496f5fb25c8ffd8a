package io.ringvs.forward;

import io.ringvs.packet.EthernetHeader;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Translation;
import io.ringvs.packet.Verdict;
import io.ringvs.service.LocalAddress;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Destination;

/**
 * FULLNAT: network address translation of both ends. To the real server the packet comes from a local address of the
 * director, so the answer finds back whatever routes the server has.
 *
 * <p>Each end is translated as {@link NatForwarder} does, with the same care for checksums.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> the FNAT mode of DPVS, as its documentation and its options TOA and UOA define it.
 */
public final class FullNatForwarder {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte METHOD = Verdict.DROP_METHOD.code();

    private final ClientOption option = new ClientOption();
    private int added;
    private boolean optionLeftOut;

    /**
     * Rewrites a client's packet for the real server. One for a real server that is this host is refused: its answer
     * would go to the local address without passing the director.
     *
     * @param frame       pointer to the frame's first byte; the packet begins {@link #added} bytes earlier afterwards
     * @param headers     its {@link ParsedHeaders}
     * @param translation its {@link Translation}
     * @param mtu         bytes of the largest packet that need not be divided
     * @return the code of FORWARD once the frame is ready to be sent, otherwise of the verdict it ends or waits with
     */
    public byte toServer(
        final long frame, final long headers, final Destination destination, final LocalAddress local,
        final long translation, final int mtu) {
        added = 0;
        optionLeftOut = false;
        if (destination.adjacency.state == Adjacency.State.LOCAL) {
            return METHOD;
        }
        final int form = Translation.form(translation);
        if (form != Translation.SILENT) {
            option.remember(frame, headers);
        }
        final byte verdict =
            NatForwarder.toServer(frame, headers, destination, Translation.port(translation), mtu);
        if (verdict == FORWARD) {
            NatForwarder.source(frame, headers, local.address().word0(), local.address().word1(),
                LocalAddress.portOf(Translation.localEnd(translation)));
            if (form != Translation.SILENT) {
                insertOption(form, frame, headers, destination.adjacency, mtu);
            }
        }
        return verdict;
    }

    private void insertOption(
        final int form, final long frame, final long headers, final Adjacency adjacency, final int mtu) {
        added = option.insert(form, frame, headers, mtu);
        optionLeftOut = added == 0;
        if (added != 0) {
            // what moved with the packet is the header it came with, of as many VLAN tags as that had
            LinkHeader.write(frame + ParsedHeaders.networkOffset(headers) - added, adjacency,
                ParsedHeaders.isIpv6(headers) ? EthernetHeader.TYPE_IPV6 : EthernetHeader.TYPE_IPV4);
        }
    }

    /** Bytes by which the packet rewritten last has grown, at its front. */
    public int added() {
        return added;
    }

    /** Whether that packet had no room for the option that it should have got. */
    public boolean isOptionLeftOut() {
        return optionLeftOut;
    }
}
