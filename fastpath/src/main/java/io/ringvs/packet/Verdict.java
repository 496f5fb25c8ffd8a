package io.ringvs.packet;

/**
 * Why a packet ended where it did. Every packet gets exactly one and is counted under it.
 *
 * <p>HOST_ verdicts are of packets that IPVS leaves to the host's own stack; DROP_ verdicts of packets that end in the
 * director. The hot path keeps {@link #code()}, a byte, and never touches the enum.
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Source:</b> the return paths of Linux 6.1 {@code ip_vs_core.c} and {@code ip_vs_xmit.c}, and the checks of
 * {@code ip_input.c} and {@code ip6_input.c} before them.
 */
public enum Verdict {
    /** Still on its way through the stages; never counted. */
    UNDECIDED("is being worked on"),
    FORWARD("was sent to its real server: the normal case"),
    PARKED("waits for the MAC address of its real server: normal for some milliseconds after a server is added"),
    HELD("is a fragment that was kept until the others of its packet come: normal in small numbers"),

    HOST_NOT_IP("carries neither IPv4 nor IPv6: not normal, steering should not bring such frames here"),
    HOST_GROUP("was sent to a broadcast or multicast MAC address: normal in small numbers"),
    HOST_ICMP("is ICMP of no connection: normal, the host answers echo requests"),
    HOST_PROTOCOL("is of a protocol that no virtual service has: normal in small numbers"),
    HOST_FRAGMENT("is a fragment of a protocol that no virtual service has: normal in small numbers"),
    HOST_OPTIONS("has IPv4 options that contradict themselves, or that only the host understands: not normal"),
    HOST_EXTENSIONS("has more IPv6 extension headers than are followed: not normal"),
    HOST_NO_SERVICE("is for no virtual service: normal while services are being removed"),
    HOST_NO_CONNECTION("belongs to no connection and does not open one: normal after a restart or a timeout"),
    HOST_FTP_DATA("comes from port 20, which is never scheduled: normal with active FTP"),
    HOST_FTP_PORT("is for a port that only an FTP session could have announced: normal in small numbers"),
    HOST_REPLY(
        "answers a client to whom the host has to find the way: normal for clients on the director's own networks"),
    HOST_BYPASS("bypasses all real servers, and the host has to find the way: normal until the neighbour is known"),
    HOST_LOCAL("is for a real server that is this host: normal with local nodes"),

    DROP_TRUNCATED("is shorter than its headers say: not normal, a broken or hostile sender"),
    DROP_BAD_HEADER("has an IP header that contradicts itself: not normal, a broken or hostile sender"),
    DROP_BAD_CHECKSUM("has a wrong checksum, in the IPv4 header or of an ICMP error: not normal, damaged on its way"),
    DROP_MARTIAN("has a source address that no client can have: not normal, a broken or hostile sender"),
    DROP_SOURCE_ROUTE("wants to choose its own way (IPv4 source route), which hosts do not allow: not normal"),
    DROP_NO_DESTINATION("found no real server that takes new connections: not normal, all are down or full"),
    DROP_DESTINATION_GONE("belongs to a connection whose real server was removed: normal after a rule change"),
    DROP_TABLE_FULL("needed a connection when the table was full: not normal, raise the number of connections"),
    DROP_NO_LOCAL_ADDRESS("has a FULLNAT real server and its service no local address: not normal, use --add-laddr"),
    DROP_NO_LOCAL_PORT("found all ports of its service's local addresses in use: not normal, add local addresses"),
    DROP_ENGINE("has nothing for its service's persistence engine to go by: not normal, no SIP message over UDP"),
    DROP_DEFENCE("would have opened a connection while the drop_packet defence is on: not normal, a flood"),
    DROP_TTL_EXPIRED("may not travel one hop further: normal in small numbers (traceroute)"),
    DROP_TOO_BIG("is larger than the way to its real server allows: normal while a sender learns the path's MTU"),
    DROP_NO_ROUTE("has a real server to which the host has no route: not normal"),
    DROP_NO_PORT("would leave by an interface that the director does not run on: not normal, name it at the start"),
    DROP_METHOD("may not be forwarded by the method of its connection: not normal"),
    DROP_TUNNEL(
        "has a tunnelled real server whose way is too narrow, or begins at no address of this host: not normal"),
    DROP_UNEXPECTED_ANSWER(
        "comes from a real server and belongs to no connection (nat_icmp_send): normal after a timeout"),
    DROP_TUNNEL_ERROR(
        "is an ICMP error about a tunnel packet, which the client is not to be told: normal in small numbers"),
    DROP_FRAGMENT("is a fragment that repeats or contradicts another one of its packet: not normal"),
    DROP_INCOMPLETE("was fragmented, and its fragments contradict each other or did not all come: not normal"),
    DROP_FTP_REPLY("is an FTP server's reply that grew with the virtual address, more than its way allows: not normal"),
    DROP_NO_FRAME("had to be divided when no frame was free for the parts: normal only under overload"),
    DROP_TX_FULL("did not fit into the TX ring: normal only under more load than the interface can send"),
    DROP_PARKING_FULL("found no room among the packets that wait for a MAC address: not normal, a server is silent"),
    DROP_PARKING_EXPIRED("waited too long for the MAC address of its real server: not normal, the server is silent");

    private static final Verdict[] VALUES = values();

    private final String meaning;

    Verdict(final String meaning) {
        this.meaning = meaning;
    }

    /** What stands for the verdict in a {@link PacketBatch}. */
    public byte code() {
        return (byte)ordinal();
    }

    /** What happened to the packet and whether that is normal, as the end of a sentence that begins "the packet". */
    public String meaning() {
        return meaning;
    }

    /** Whether the packet is one for the host's own stack. */
    public boolean isHost() {
        return ordinal() >= HOST_NOT_IP.ordinal() && ordinal() <= HOST_LOCAL.ordinal();
    }

    /** Whether the packet ends in the director. */
    public boolean isDrop() {
        return ordinal() >= DROP_TRUNCATED.ordinal();
    }

    /** Number of verdicts. */
    public static int count() {
        return VALUES.length;
    }

    public static Verdict ofCode(final int code) {
        return VALUES[code];
    }
}
