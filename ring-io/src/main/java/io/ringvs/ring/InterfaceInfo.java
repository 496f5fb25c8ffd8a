package io.ringvs.ring;

import io.ringvs.linux.Errno;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;
import java.nio.charset.StandardCharsets;
import org.agrona.UnsafeApi;

/**
 * What the kernel says about a network interface that matters to its rings.
 *
 * <p><b>Errors</b>: {@link #of} throws {@link XskException} if there is no interface of that name in the calling
 * thread's network namespace.
 *
 * <p><b>Source</b>: netdevice(7); struct ethtool_drvinfo and struct ethtool_channels of Linux
 * include/uapi/linux/ethtool.h.
 *
 * @param name     name of the interface
 * @param index    kernel's index of it
 * @param up       whether it is administratively up
 * @param mtuBytes longest network-layer packet, in bytes
 * @param driver   name of its driver, empty if the driver does not tell
 * @param rxQueues number of receive queues in use, 1 if the driver does not tell
 * @param txQueues number of transmit queues in use, 1 if the driver does not tell
 */
public record InterfaceInfo(
    String name, int index, boolean up, int mtuBytes, String driver, int rxQueues, int txQueues) {

    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCETHTOOL = 0x8946;
    private static final int IFF_UP = 1;

    /** {@code struct ifreq}: name 16 bytes, then a union of 24 bytes. */
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_NAME_BYTES = 16;
    private static final int IFREQ_VALUE = 16;

    private static final int ETHTOOL_GDRVINFO = 0x03;
    /** {@code struct ethtool_drvinfo}: cmd u32 at 0, driver 32 bytes at 4. */
    private static final int DRVINFO_BYTES = 196;
    private static final int DRVINFO_DRIVER = 4;
    private static final int DRVINFO_DRIVER_BYTES = 32;

    private static final int ETHTOOL_GCHANNELS = 0x3c;
    /** {@code struct ethtool_channels}: nine u32, of which here rx_count, tx_count and combined_count. */
    private static final int CHANNELS_BYTES = 36;
    private static final int CHANNELS_RX = 20;
    private static final int CHANNELS_TX = 24;
    private static final int CHANNELS_COMBINED = 32;

    /** Asks the kernel about the interface of that name. */
    public static InterfaceInfo of(final String name) {
        final byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        if (nameBytes.length == 0 || nameBytes.length >= IFREQ_NAME_BYTES) {
            throw new XskException("there is no interface '" + name + "'; `ip link` lists those that there are");
        }
        final long request = UnsafeApi.allocateMemory(IFREQ_BYTES + DRVINFO_BYTES);
        final int fd = LinuxCalls.socket(LinuxCalls.AF_INET, LinuxCalls.SOCK_DGRAM | LinuxCalls.SOCK_CLOEXEC, 0);
        try {
            UnsafeApi.setMemory(request, IFREQ_BYTES + DRVINFO_BYTES, (byte)0);
            for (int i = 0; i < nameBytes.length; i++) {
                UnsafeApi.putByte(request + i, nameBytes[i]);
            }
            return ask(fd, request, name);
        } finally {
            LinuxCalls.close(fd);
            UnsafeApi.freeMemory(request);
        }
    }

    private static InterfaceInfo ask(final int fd, final long request, final String name) {
        final int index;
        try {
            index = LinuxCalls.ifNameToIndex(name);
            LinuxCalls.ioctl(fd, SIOCGIFFLAGS, request);
        } catch (final NativeCallException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
            throw new XskException("there is no interface '" + name + "'; `ip link` lists those that there are", e);
        }
        final boolean up = (UnsafeApi.getShort(request + IFREQ_VALUE) & IFF_UP) != 0;
        LinuxCalls.ioctl(fd, SIOCGIFMTU, request);
        final int mtuBytes = UnsafeApi.getInt(request + IFREQ_VALUE);

        final long answer = request + IFREQ_BYTES;
        final String driver = ethtool(fd, request, ETHTOOL_GDRVINFO)
            ? string(answer + DRVINFO_DRIVER, DRVINFO_DRIVER_BYTES) : "";
        if (!ethtool(fd, request, ETHTOOL_GCHANNELS)) {
            return new InterfaceInfo(name, index, up, mtuBytes, driver, 1, 1);
        }
        final int combined = UnsafeApi.getInt(answer + CHANNELS_COMBINED);
        return new InterfaceInfo(name, index, up, mtuBytes, driver,
            UnsafeApi.getInt(answer + CHANNELS_RX) + combined, UnsafeApi.getInt(answer + CHANNELS_TX) + combined);
    }

    private static boolean ethtool(final int fd, final long request, final int command) {
        UnsafeApi.putLong(request + IFREQ_VALUE, request + IFREQ_BYTES);
        UnsafeApi.putInt(request + IFREQ_BYTES, command);
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

    private static String string(final long pointer, final int maxBytes) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < maxBytes && UnsafeApi.getByte(pointer + i) != 0; i++) {
            text.append((char)UnsafeApi.getByte(pointer + i));
        }
        return text.toString();
    }
}
