package io.ringvs.host;

/**
 * A network interface as the kernel reports it.
 *
 * @param index        kernel's interface index
 * @param mac          Ethernet address, null where the interface has none
 * @param mtu          largest layer-3 packet, in bytes
 * @param flags        IFF_ flags of the kernel
 * @param hardwareType ARPHRD_ number of the kernel: 1 Ethernet, 772 loopback
 * @param kind         driver kind ("vlan", "veth", "bond", ..), empty for a physical interface
 * @param parentIndex  interface that this one sits on (a VLAN's); for a veth its peer; 0 none in this namespace
 * @param masterIndex  bridge or bond that this interface is a port of; 0 none
 * @param vlanProtocol EtherType of the tag (0x8100, 0x88a8) if {@code kind} is "vlan"
 * @param vlanId       VLAN number if {@code kind} is "vlan"
 */
public record Link(
    int index, String name, MacAddress mac, int mtu, int flags, int hardwareType, String kind,
    int parentIndex, int masterIndex, int vlanProtocol, int vlanId) {
    static final String KIND_VLAN = "vlan";

    private static final int HARDWARE_ETHERNET = 1;
    private static final int FLAG_UP = 0x1;
    private static final int FLAG_RUNNING = 0x40;

    /** Switched on by the operator. */
    public boolean isUp() {
        return (flags & FLAG_UP) != 0;
    }

    /** Up and with a carrier. */
    public boolean isRunning() {
        return isUp() && (flags & FLAG_RUNNING) != 0;
    }

    public boolean isVlan() {
        return kind.equals(KIND_VLAN);
    }

    /** Whether frames on it begin with an Ethernet header. */
    public boolean isEthernet() {
        return hardwareType == HARDWARE_ETHERNET && mac != null;
    }
}
