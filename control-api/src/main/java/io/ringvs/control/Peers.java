package io.ringvs.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may use the control socket: root, the director's own user, and the members of one group, if it was given one. The
 * kernel tells who is at the other end; the mode of the socket file is not relied upon, as anybody may have changed it.
 *
 * <p>Members of the group are those whose own group it is, and those that /etc/group names.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Source:</b> unix(7), SO_PEERCRED; group(5).
 */
final class Peers {
    private static final Logger LOGGER = LoggerFactory.getLogger(Peers.class);
    private static final Path GROUPS = Path.of("/etc/group");
    private static final String ROOT = "0";
    private static final int MEMBERS_FIELD = 3;

    private final UserPrincipal root;
    private final UserPrincipal own;
    private final GroupPrincipal group;

    /**
     * @param own   the director's user
     * @param group whose members may use the socket, too, or null
     */
    Peers(final UserPrincipal own, final GroupPrincipal group) throws IOException {
        this.root = FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(ROOT);
        this.own = own;
        this.group = group;
    }

    /** Lets a client in, or tells it in a sentence why not. */
    boolean admit(final SocketChannel client) throws IOException {
        final UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
        if (peer.user().equals(root) || peer.user().equals(own) || group != null && isMember(peer)) {
            return true;
        }
        final String sentence = "user " + peer.user().getName() + " may not use the control socket: only root, "
            + own.getName() + (group == null ? "" : " and members of the group " + group.getName()) + " may";
        LOGGER.warn("Refused: {}", sentence);
        client.write(ControlFrame.ofText(ControlFrame.ERROR, sentence + "\n"));
        client.write(ControlFrame.of(ControlFrame.EXIT, new byte[] {(byte) ControlClient.FAILED_STATUS}));
        return false;
    }

    private boolean isMember(final UnixDomainPrincipal peer) throws IOException {
        if (peer.group().equals(group)) {
            return true;
        }
        for (final String line : Files.readAllLines(GROUPS, StandardCharsets.ISO_8859_1)) {
            final String[] fields = line.split(":", -1);
            if (fields.length > MEMBERS_FIELD && fields[0].equals(group.getName())
                && List.of(fields[MEMBERS_FIELD].split(",")).contains(peer.user().getName())) {
                return true;
            }
        }
        return false;
    }
}
