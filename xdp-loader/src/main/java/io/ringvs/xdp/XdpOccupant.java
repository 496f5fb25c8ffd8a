package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import io.ringvs.linux.LinuxCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.agrona.UnsafeApi;

/**
 * The XDP program that is attached to an interface, whoever attached it.
 *
 * @param interfaceIndex kernel's index of the interface
 * @param programId      kernel's id of the program
 * @param name           its name, empty if this process may not read it (that needs CAP_SYS_ADMIN)
 */
record XdpOccupant(int interfaceIndex, int programId, String name) {
    /** {@code struct bpf_xdp_query_opts}: size u64 at 0, ids u32 of any, native, offloaded, generic at 8 to 20. */
    private static final int QUERY_BYTES = 32;
    private static final int QUERY_PROGRAM = 8;
    private static final int QUERY_MODES = 3;

    /** {@code struct bpf_prog_info}: name of 16 bytes at 64. Linux include/uapi/linux/bpf.h. */
    private static final int PROGRAM_INFO_NAME = 64;
    private static final int NAME_BYTES = 16;
    /** {@code struct bpf_link_info}: type u32 at 0, program id u32 at 8, interface index u32 of an XDP link at 16. */
    private static final int LINK_INFO_PROGRAM = 8;
    private static final int LINK_INFO_INTERFACE = 16;
    private static final int LINK_TYPE_XDP = 6;
    /** More than any info structure of today; the kernel fills in what it knows. */
    private static final int INFO_BYTES = 512;

    static Optional<XdpOccupant> of(final int interfaceIndex) {
        final Bpf bpf = Bpf.get();
        final long query = UnsafeApi.allocateMemory(QUERY_BYTES);
        try {
            UnsafeApi.setMemory(query, QUERY_BYTES, (byte)0);
            UnsafeApi.putLong(query, QUERY_BYTES);
            Bpf.check(bpf.calls.bpf_xdp_query(interfaceIndex, 0, query), "bpf_xdp_query", "index=" + interfaceIndex);
            for (int mode = 0; mode <= QUERY_MODES; mode++) {
                final int id = UnsafeApi.getInt(query + QUERY_PROGRAM + (long)mode * Integer.BYTES);
                if (id != 0) {
                    return Optional.of(new XdpOccupant(interfaceIndex, id, readName(bpf, id)));
                }
            }
            return Optional.empty();
        } finally {
            UnsafeApi.freeMemory(query);
        }
    }

    /** Whether it is a program of RingVS, or cannot be told from one. */
    boolean mayBeRingvs() {
        return name.isEmpty() || SteeringProgram.NAME.equals(name) || DecapProgram.NAME.equals(name);
    }

    /** Why an interface cannot be had, and what to do, in one sentence. */
    String refusal(final String interfaceName) {
        final List<Long> owners = owners();
        final String owner = owners.isEmpty() ? ""
            : ", process " + owners.stream().map(String::valueOf).collect(Collectors.joining(", "));
        if (name.isEmpty()) {
            return interfaceName + " already runs XDP program id " + programId + owner
                + " (its name needs CAP_SYS_ADMIN to be read): stop what attached it, or use --force to displace it";
        }
        if (mayBeRingvs()) {
            return interfaceName + " is already " + (SteeringProgram.NAME.equals(name) ? "steered" : "decapsulated")
                + " by another RingVS" + owner
                + ": stop that one, or use --force to take the interface over";
        }
        return interfaceName + " already runs the XDP program " + name + " (id " + programId + owner
            + "), which is not RingVS's: detach it, or use --force to displace it";
    }

    /** Processes that keep the program attached through a link, as far as /proc shows them. */
    List<Long> owners() {
        final List<Long> owners = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (final Path process : processes) {
                if (holdsLink(process)) {
                    owners.add(Long.valueOf(process.getFileName().toString()));
                }
            }
        } catch (final IOException e) {
            return List.of();
        }
        return owners;
    }

    private boolean holdsLink(final Path process) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fdinfo"))) {
            for (final Path descriptor : descriptors) {
                final String info = Files.readString(descriptor, StandardCharsets.ISO_8859_1);
                if (info.contains("link_type:\txdp\n") && info.contains("prog_id:\t" + programId + "\n")) {
                    return true;
                }
            }
        } catch (final IOException e) {
            // The process or descriptor is gone, or is not ours to look at.
            return false;
        }
        return false;
    }

    /** Takes the program off the interface, whether it was attached by netlink or by a link. */
    void remove() {
        final Bpf bpf = Bpf.get();
        for (final AttachMode mode : AttachMode.values()) {
            if (bpf.calls.bpf_xdp_detach(interfaceIndex, mode.flags, 0) == -Errno.EBUSY) {
                detachLink(bpf);
            }
        }
        if (of(interfaceIndex).isPresent()) {
            throw new XdpException("XDP program id " + programId + " cannot be removed from its interface");
        }
    }

    private void detachLink(final Bpf bpf) {
        final long next = UnsafeApi.allocateMemory(Integer.BYTES);
        final long info = UnsafeApi.allocateMemory(INFO_BYTES);
        try {
            int id = 0;
            while (bpf.calls.bpf_link_get_next_id(id, next) == 0) {
                id = UnsafeApi.getInt(next);
                final int fd = bpf.calls.bpf_link_get_fd_by_id(id);
                if (fd < 0) {
                    continue;
                }
                try {
                    if (readInfo(bpf, fd, info) && UnsafeApi.getInt(info) == LINK_TYPE_XDP
                        && UnsafeApi.getInt(info + LINK_INFO_PROGRAM) == programId
                        && UnsafeApi.getInt(info + LINK_INFO_INTERFACE) == interfaceIndex) {
                        Bpf.check(bpf.calls.bpf_link_detach(fd), "bpf_link_detach", "id=" + id);
                        return;
                    }
                } finally {
                    LinuxCalls.close(fd);
                }
            }
            throw new XdpException("XDP program id " + programId
                + " is attached by a link that this process may not detach (that needs CAP_SYS_ADMIN)");
        } finally {
            UnsafeApi.freeMemory(next);
            UnsafeApi.freeMemory(info);
        }
    }

    private static String readName(final Bpf bpf, final int id) {
        final int fd = bpf.calls.bpf_prog_get_fd_by_id(id);
        if (fd < 0) {
            return "";
        }
        final long info = UnsafeApi.allocateMemory(INFO_BYTES);
        try {
            final StringBuilder name = new StringBuilder();
            if (readInfo(bpf, fd, info)) {
                for (int i = 0; i < NAME_BYTES && UnsafeApi.getByte(info + PROGRAM_INFO_NAME + i) != 0; i++) {
                    name.append((char)UnsafeApi.getByte(info + PROGRAM_INFO_NAME + i));
                }
            }
            return name.toString();
        } finally {
            UnsafeApi.freeMemory(info);
            LinuxCalls.close(fd);
        }
    }

    private static boolean readInfo(final Bpf bpf, final int fd, final long info) {
        final long length = UnsafeApi.allocateMemory(Integer.BYTES);
        try {
            UnsafeApi.setMemory(info, INFO_BYTES, (byte)0);
            UnsafeApi.putInt(length, INFO_BYTES);
            return bpf.calls.bpf_obj_get_info_by_fd(fd, info, length) == 0;
        } finally {
            UnsafeApi.freeMemory(length);
        }
    }
}
