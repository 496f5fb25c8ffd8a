package io.ringvs.xdp;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.types.size_t;
import jnr.ffi.types.u_int64_t;
import jnr.ffi.types.uintptr_t;

/**
 * C signatures of the libbpf functions that RingVS calls, bound by jnr-ffi. For this package only; it is public because
 * jnr-ffi implements it in a class loader of its own.
 *
 * <p><b>Errors</b>: libbpf 1.x returns {@code -errno}, or null with errno set where it returns a pointer.
 *
 * <p><b>Source</b>: bpf/bpf.h and bpf/libbpf.h of libbpf 1.1.
 */
public interface Libbpf {
    @uintptr_t long bpf_object__open_mem(@uintptr_t long data, @size_t long length, @uintptr_t long options);

    int bpf_object__load(@uintptr_t long object);

    void bpf_object__close(@uintptr_t long object);

    @uintptr_t long bpf_object__find_map_by_name(@uintptr_t long object, String name);

    @uintptr_t long bpf_object__find_program_by_name(@uintptr_t long object, String name);

    int bpf_map__fd(@uintptr_t long map);

    int bpf_map__reuse_fd(@uintptr_t long map, int fd);

    int bpf_program__fd(@uintptr_t long program);

    int bpf_map_create(int type, String name, int keyBytes, int valueBytes, int maxEntries, Pointer options);

    int bpf_map_update_elem(int fd, @uintptr_t long key, @uintptr_t long value, @u_int64_t long flags);

    int bpf_map_lookup_elem(int fd, @uintptr_t long key, @uintptr_t long value);

    int bpf_map_delete_elem(int fd, @uintptr_t long key);

    int bpf_link_create(int programFd, int targetFd, int attachType, @uintptr_t long options);

    int bpf_link_detach(int linkFd);

    int bpf_link_get_next_id(int startId, @uintptr_t long nextId);

    int bpf_link_get_fd_by_id(int id);

    int bpf_prog_get_fd_by_id(int id);

    int bpf_obj_get_info_by_fd(int fd, @uintptr_t long info, @uintptr_t long infoLength);

    int bpf_xdp_query(int interfaceIndex, int flags, @uintptr_t long options);

    int bpf_xdp_attach(int interfaceIndex, int programFd, int flags, @uintptr_t long options);

    int bpf_xdp_detach(int interfaceIndex, int flags, @uintptr_t long options);

    int bpf_tc_hook_create(@uintptr_t long hook);

    int bpf_tc_attach(@uintptr_t long hook, @uintptr_t long options);

    int bpf_tc_detach(@uintptr_t long hook, @uintptr_t long options);

    int bpf_prog_test_run_opts(int programFd, @uintptr_t long options);

    int libbpf_num_possible_cpus();

    Pointer libbpf_set_print(Print print);

    /** Receives libbpf's messages: {@code libbpf_print_fn_t}. */
    @FunctionalInterface
    interface Print {
        @Delegate
        int print(int level, Pointer format, Pointer arguments);
    }
}
