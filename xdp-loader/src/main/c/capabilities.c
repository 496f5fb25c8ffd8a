// SPDX-License-Identifier: Apache-2.0
//
// Gives up capabilities in every thread of the process.
//
// Capabilities belong to a thread, and capset(2) changes the calling one's only; a JVM has threads (of its garbage
// collector, its compilers, the first one) that never run code of ours. So each is made to call capset(2) in a signal
// handler: the way in which the C library has all threads call setuid(2).
//
// no_new_privs goes with it: without that a process of user 0 would have every capability again after execve(2).
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define WORDS _LINUX_CAPABILITY_U32S_3
#define ROUND_NS 1000000L
#define MAX_ROUNDS 5000 // of 1 ms

static struct __user_cap_data_struct wanted[WORDS];
static atomic_int refusal;

static void give_up(void)
{
    struct __user_cap_header_struct self = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    if (syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capset, &self, wanted) != 0) {
        atomic_store(&refusal, errno);
    }
}

static void on_signal(int number)
{
    (void)number;
    const int interrupted = errno;
    give_up();
    errno = interrupted;
}

// Whether a thread holds nothing but what is wanted; one that ended meanwhile counts as such.
static int is_done(pid_t thread)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = thread};
    struct __user_cap_data_struct held[WORDS];
    if (syscall(SYS_capget, &header, held) != 0) {
        return errno == ESRCH;
    }
    for (int i = 0; i < WORDS; i++) {
        if ((held[i].permitted | held[i].effective) & ~wanted[i].permitted || held[i].inheritable != 0) {
            return 0;
        }
    }
    return 1;
}

// Signals every thread that is not done. Returns how many there were, or -1.
static int round_of_signals(int number)
{
    DIR *tasks = opendir("/proc/self/task");
    if (tasks == NULL) {
        return -1;
    }
    int left = 0;
    for (struct dirent *entry = readdir(tasks); entry != NULL; entry = readdir(tasks)) {
        const pid_t thread = (pid_t)atoi(entry->d_name);
        if (thread > 0 && !is_done(thread)) {
            left++;
            syscall(SYS_tgkill, getpid(), thread, number);
        }
    }
    closedir(tasks);
    return left;
}

// Leaves of the calling thread's permitted capabilities those in the set, in every thread, effective; no other is left.
// Threads that begin meanwhile inherit what their maker has and are found by another round. Returns 0 or an errno.
int ringvs_keep_capabilities(uint64_t set)
{
    struct __user_cap_header_struct self = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct held[WORDS];
    if (syscall(SYS_capget, &self, held) != 0) {
        return errno;
    }
    for (int i = 0; i < WORDS; i++) {
        wanted[i].permitted = held[i].permitted & (uint32_t)(set >> (32 * i));
        wanted[i].effective = wanted[i].permitted;
        wanted[i].inheritable = 0;
    }
    const int number = SIGRTMAX - 1;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigfillset(&action.sa_mask);
    if (sigaction(number, &action, NULL) != 0) {
        return errno;
    }
    give_up();
    int left = 1;
    for (int i = 0; left != 0 && atomic_load(&refusal) == 0 && i < MAX_ROUNDS; i++) {
        left = round_of_signals(number);
        if (left < 0) {
            return errno; // the handler stays: a signal may be on its way
        }
        if (left > 0) {
            nanosleep(&(struct timespec){.tv_sec = 0, .tv_nsec = ROUND_NS}, NULL);
        }
    }
    // the handler stays, too, for a thread that was signalled twice: the default action would end the process
    return atomic_load(&refusal) != 0 ? atomic_load(&refusal) : left != 0 ? ETIMEDOUT : 0;
}
