package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;
import java.nio.charset.StandardCharsets;
import org.agrona.UnsafeApi;

/**
 * What the kernel says of a network interface at one moment, as far as attaching to it depends on it.
 *
 * <p><b>Errors</b>: {@link XdpException} if there is no such interface.
 *
 * <p><b>Source</b>: netdevice(7) for the requests and {@code struct ifreq} (name 16 bytes, then a union of 24);
 * Linux include/uapi/linux/ethtool.h for driver and channels.
 *
 * @param name       interface name
 * @param index      kernel's index of it
 * @param macAddress MAC address as {@code 02:00:00:00:00:01}
 * @param mtu        largest IP packet, in bytes
 * @param up         whether it is administratively up
 * @param running    whether it has a carrier
 * @param ethernet   whether its frames have Ethernet headers
 * @param queues     receive queues in use
 * @param driver     name of its driver, empty if the kernel does not tell
 * @param untagging  whether it takes VLAN tags off received frames, so that XDP does not see them (rx-vlan-offload)
 */
public record InterfaceProbe(
    String name, int index, String macAddress, int mtu, boolean up, boolean running, boolean ethernet,
    int queues, String driver, boolean untagging) {

    private static final int MAX_NAME_BYTES = 15;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_UNION = 16;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int SIOCETHTOOL = 0x8946;
    private static final int IFF_UP = 0x1;
    private static final int IFF_RUNNING = 0x40;
    /** ARP hardware type of Ethernet, in sa_family of the hardware address. */
    private static final int ARPHRD_ETHER = 1;
    private static final int MAC_BYTES = 6;

    private static final int ETHTOOL_GDRVINFO = 0x3;
    /** {@code struct ethtool_drvinfo}: driver name of 32 bytes at 4. */
    private static final int DRVINFO_BYTES = 196;
    private static final int ETHTOOL_GCHANNELS = 0x3c;
    /** {@code struct ethtool_channels}: rx_count u32 at 20, combined_count u32 at 32. */
    private static final int CHANNELS_BYTES = 36;
    private static final int CHANNELS_RX = 20;
    private static final int CHANNELS_COMBINED = 32;

    private static final int ETHTOOL_GFLAGS = 0x25;
    /** {@code struct ethtool_value}: data u32 at 4. */
    private static final int VALUE_DATA = 4;
    private static final int FLAG_UNTAGGING = 1 << 8;

    /** Asks about an interface of the calling thread's network namespace. */
    public static InterfaceProbe of(final String name) {
        final int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > MAX_NAME_BYTES) {
            throw new XdpException("'" + name + "' is no interface name: those have 1 to 15 characters");
        }
        final int fd = LinuxCalls.socket(LinuxCalls.AF_INET, LinuxCalls.SOCK_DGRAM | LinuxCalls.SOCK_CLOEXEC, 0);
        final long request = UnsafeApi.allocateMemory(IFREQ_BYTES);
        final long argument = UnsafeApi.allocateMemory(DRVINFO_BYTES);
        try {
            return probe(name, fd, request, argument);
        } catch (final NativeCallException e) {
            throw e.errno() == Errno.ENODEV
                ? new XdpException("there is no interface " + name + " in this network namespace; 'ip link' lists them")
                : e;
        } finally {
            UnsafeApi.freeMemory(request);
            UnsafeApi.freeMemory(argument);
            LinuxCalls.close(fd);
        }
    }

    private static InterfaceProbe probe(final String name, final int fd, final long request, final long argument) {
        final int index = LinuxCalls.ifNameToIndex(name);
        ask(fd, SIOCGIFFLAGS, request, name);
        final int flags = UnsafeApi.getShort(request + IFREQ_UNION);
        ask(fd, SIOCGIFMTU, request, name);
        final int mtu = UnsafeApi.getInt(request + IFREQ_UNION);
        ask(fd, SIOCGIFHWADDR, request, name);
        final boolean ethernet = UnsafeApi.getShort(request + IFREQ_UNION) == ARPHRD_ETHER;
        final String macAddress = macText(request + IFREQ_UNION + 2);

        final String driver = askDriver(fd, ETHTOOL_GDRVINFO, request, name, argument)
            ? text(argument + 4, 32) : "";
        int queues = 1;
        if (askDriver(fd, ETHTOOL_GCHANNELS, request, name, argument)) {
            queues = Math.max(1, UnsafeApi.getInt(argument + CHANNELS_RX)
                + UnsafeApi.getInt(argument + CHANNELS_COMBINED));
        }
        final boolean untagging = askDriver(fd, ETHTOOL_GFLAGS, request, name, argument)
            && (UnsafeApi.getInt(argument + VALUE_DATA) & FLAG_UNTAGGING) != 0;
        return new InterfaceProbe(name, index, macAddress, mtu, (flags & IFF_UP) != 0, (flags & IFF_RUNNING) != 0,
            ethernet, queues, driver, untagging);
    }

    /** The 6 bytes of {@link #macAddress}. */
    public byte[] mac() {
        final String[] parts = macAddress.split(":");
        final byte[] bytes = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = (byte)Integer.parseInt(parts[i], 16);
        }
        return bytes;
    }

    private static void ask(final int fd, final int call, final long request, final String name) {
        UnsafeApi.setMemory(request, IFREQ_BYTES, (byte)0);
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(request + i, bytes[i]);
        }
        LinuxCalls.ioctl(fd, call, request);
    }

    /** Asks by ethtool, which a driver need not answer. */
    private static boolean askDriver(
        final int fd, final int command, final long request, final String name, final long argument) {
        UnsafeApi.setMemory(argument, DRVINFO_BYTES, (byte)0);
        UnsafeApi.putInt(argument, command);
        UnsafeApi.setMemory(request, IFREQ_BYTES, (byte)0);
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(request + i, bytes[i]);
        }
        UnsafeApi.putLong(request + IFREQ_UNION, argument);
        try {
            LinuxCalls.ioctl(fd, SIOCETHTOOL, request);
            return true;
        } catch (final NativeCallException e) {
            if (e.errno() == Errno.EOPNOTSUPP) {
                return false;
            }
            throw e;
        }
    }

    private static String macText(final long address) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < MAC_BYTES; i++) {
            text.append(i == 0 ? "" : ":").append(String.format("%02x", UnsafeApi.getByte(address + i)));
        }
        return text.toString();
    }

    private static String text(final long address, final int maxBytes) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < maxBytes && UnsafeApi.getByte(address + i) != 0; i++) {
            text.append((char)UnsafeApi.getByte(address + i));
        }
        return text.toString();
    }
}
