// SPDX-License-Identifier: Apache-2.0
/*
 * Preloaded into user-mode Linux: refuses the extended register set (XSAVE), so that it takes the plain one. Linux 6.1
 * has room for that of AVX-512 at most; on CPUs with more (AMX) its guest dies with its first process otherwise.
 * What it measures uses no vector registers.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

long ptrace(enum __ptrace_request request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    const long pid = va_arg(arguments, int);
    void *address = va_arg(arguments, void *), *data = va_arg(arguments, void *);
    va_end(arguments);
    if ((request == PTRACE_GETREGSET || request == PTRACE_SETREGSET) && (long)address == NT_X86_XSTATE) {
        errno = ENODEV;
        return -1;
    }
    long word;
    const int peeks = request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER;
    const long result = syscall(SYS_ptrace, request, pid, address, peeks ? &word : data);
    return peeks && result == 0 ? word : result;
}
