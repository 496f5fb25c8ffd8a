// SPDX-License-Identifier: Apache-2.0
//
// A generic netlink socket stays what it is, a socket of the kernel's: only requests to the IPVS family, and the question
// whether there is one, are taken out on their way and answered by the daemon. So bind, getsockname, fork, dup and close
// need nothing, and other families are not touched.
//
// A request is answered before the call that sends it returns; the answer waits here until it is received. (A program that
// polls for it would wait in vain; those that use libnl or libmnl receive.)

#define _GNU_SOURCE
#include "preload.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define IPVS_NAME "IPVS"
// IpvsFamily.ID: one above all that the kernel gives out
#define IPVS_FAMILY (GENL_MAX_ID + 1)
#define MAX_REQUEST (64u << 10)

// Messages that wait to be received, one after the other.
struct answers {
    int fd;
    char *bytes;
    size_t length;
    size_t taken;
    struct answers *next;
};

static struct answers *all_answers;
static pthread_mutex_t answers_lock = PTHREAD_MUTEX_INITIALIZER;

static void lock(void)
{
    pthread_mutex_lock(&answers_lock);
}

static void unlock(void)
{
    pthread_mutex_unlock(&answers_lock);
}

// A child of fork must not inherit a lock that another thread holds.
__attribute__((constructor)) static void prepare_for_fork(void)
{
    pthread_atfork(lock, unlock, unlock);
}

// Almost always nothing waits: then no call is slowed down, nor could one from a signal handler find the lock held.
static bool nothing_waits(void)
{
    return __atomic_load_n(&all_answers, __ATOMIC_ACQUIRE) == NULL;
}

static void drop_answers(int fd)
{
    for (struct answers **at = &all_answers; *at != NULL; at = &(*at)->next)
        if ((*at)->fd == fd) {
            struct answers *dropped = *at;
            *at = dropped->next;
            free(dropped->bytes);
            free(dropped);
            return;
        }
}

static struct answers *answers_of(int fd)
{
    struct answers *found = all_answers;

    while (found != NULL && found->fd != fd)
        found = found->next;
    return found;
}

static bool append_answer(void *to, const char *bytes, size_t length)
{
    struct answers *answers = to;
    char *longer = realloc(answers->bytes, answers->length + length);

    if (longer == NULL)
        return false;
    memcpy(longer + answers->length, bytes, length);
    answers->bytes = longer;
    answers->length += length;
    return true;
}

// The attributes of a CTRL_CMD_GETFAMILY ask for IPVS.
static bool asks_for_ipvs(const char *attributes, size_t length)
{
    while (length >= NLA_HDRLEN) {
        struct nlattr attribute;
        const char *value = attributes + NLA_HDRLEN;
        uint16_t id;

        memcpy(&attribute, attributes, sizeof(attribute));
        if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > length)
            return false;
        if (attribute.nla_type == CTRL_ATTR_FAMILY_NAME && attribute.nla_len >= NLA_HDRLEN + sizeof(IPVS_NAME)
            && memcmp(value, IPVS_NAME, sizeof(IPVS_NAME)) == 0)
            return true;
        if (attribute.nla_type == CTRL_ATTR_FAMILY_ID && attribute.nla_len >= NLA_HDRLEN + sizeof(id)) {
            memcpy(&id, value, sizeof(id));
            return id == IPVS_FAMILY;
        }
        if (NLA_ALIGN(attribute.nla_len) >= length)
            return false;
        attributes += NLA_ALIGN(attribute.nla_len);
        length -= NLA_ALIGN(attribute.nla_len);
    }
    return false;
}

// A whole request is one to IPVS, or asks whether there is IPVS.
static bool is_ipvs_request(const char *bytes, size_t length)
{
    struct nlmsghdr header;
    struct genlmsghdr generic;

    memcpy(&header, bytes, sizeof(header));
    if (header.nlmsg_type == IPVS_FAMILY)
        return true;
    if (header.nlmsg_type != GENL_ID_CTRL || length < NLMSG_HDRLEN + GENL_HDRLEN)
        return false;
    memcpy(&generic, bytes + NLMSG_HDRLEN, sizeof(generic));
    return generic.cmd == CTRL_CMD_GETFAMILY
        && asks_for_ipvs(bytes + NLMSG_HDRLEN + GENL_HDRLEN, length - NLMSG_HDRLEN - GENL_HDRLEN);
}

static bool is_generic_netlink(int fd)
{
    int domain = 0;
    int protocol = 0;
    socklen_t length = sizeof(int);

    return NEXT(getsockopt)(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_NETLINK
        && NEXT(getsockopt)(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) == 0 && protocol == NETLINK_GENERIC;
}

static uint32_t port_id(int fd)
{
    struct sockaddr_nl address = { 0 };
    socklen_t length = sizeof(address);

    getsockname(fd, (struct sockaddr *) &address, &length);
    return address.nl_pid;
}

// Has the daemon answer a request; its length, or -1 with errno.
static ssize_t ask_daemon(int fd, const char *request, size_t length)
{
    struct answers *answers = calloc(1, sizeof(*answers));
    char port[sizeof("4294967295")];
    int error;

    if (answers == NULL)
        return -1;
    answers->fd = fd;
    snprintf(port, sizeof(port), "%u", port_id(fd));
    error = daemon_command("ringvs netlink", port, request, length, append_answer, answers);
    if (error != 0) {
        free(answers->bytes);
        free(answers);
        errno = error;
        return -1;
    }
    lock();
    struct answers *earlier = answers_of(fd);
    if (earlier == NULL) {
        answers->next = all_answers;
        __atomic_store_n(&all_answers, answers, __ATOMIC_RELEASE);
    } else {
        if (!append_answer(earlier, answers->bytes, answers->length))
            error = ENOBUFS;
        free(answers->bytes);
        free(answers);
    }
    unlock();
    errno = error;
    return error == 0 ? (ssize_t) length : -1;
}

// What is sent, of which this is the beginning, may be a request to IPVS. Looks at the bytes first: that costs least.
static bool may_be_request(int fd, const char *bytes, size_t length)
{
    struct nlmsghdr header;
    int saved = errno;
    bool may_be;

    if (length < sizeof(header))
        return false;
    memcpy(&header, bytes, sizeof(header));
    may_be = (header.nlmsg_type == IPVS_FAMILY || header.nlmsg_type == GENL_ID_CTRL) && is_generic_netlink(fd);
    errno = saved;
    return may_be;
}

static bool is_for_daemon(int fd, const char *bytes, size_t length)
{
    return may_be_request(fd, bytes, length) && length <= MAX_REQUEST && is_ipvs_request(bytes, length);
}

// Copies the next message that waits for a socket; its whole length, or -1 if none waits.
static ssize_t take_answer(int fd, const struct iovec *pieces, size_t count, bool keep, size_t *copied)
{
    ssize_t whole = -1;

    if (nothing_waits())
        return -1;
    lock();
    struct answers *answers = answers_of(fd);
    if (answers != NULL) {
        const char *message = answers->bytes + answers->taken;
        uint32_t length;

        memcpy(&length, message, sizeof(length)); // nlmsg_len
        whole = length;
        *copied = 0;
        for (size_t i = 0; i < count && *copied < length; i++) {
            size_t part = length - *copied < pieces[i].iov_len ? length - *copied : pieces[i].iov_len;
            memcpy(pieces[i].iov_base, message + *copied, part);
            *copied += part;
        }
        if (!keep) {
            answers->taken += NLMSG_ALIGN(length);
            if (answers->taken >= answers->length)
                drop_answers(fd);
        }
    }
    unlock();
    return whole;
}

static void name_sender(struct sockaddr *address, socklen_t *length)
{
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

    if (address != NULL)
        memcpy(address, &kernel, *length < sizeof(kernel) ? *length : sizeof(kernel));
    *length = address == NULL ? 0 : sizeof(kernel);
}

REPLACEMENT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    const struct iovec *pieces = message->msg_iov;
    size_t length = 0;

    if (message->msg_iovlen > 0 && may_be_request(fd, pieces[0].iov_base, pieces[0].iov_len)) {
        for (size_t i = 0; i < message->msg_iovlen; i++)
            length += pieces[i].iov_len;
        if (length <= MAX_REQUEST) {
            char request[length];
            char *end = request;

            for (size_t i = 0; i < message->msg_iovlen; i++)
                end = mempcpy(end, pieces[i].iov_base, pieces[i].iov_len);
            if (is_ipvs_request(request, length))
                return ask_daemon(fd, request, length);
        }
    }
    return NEXT(sendmsg)(fd, message, flags);
}

REPLACEMENT ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *address,
    socklen_t address_length)
{
    if (is_for_daemon(fd, bytes, length))
        return ask_daemon(fd, bytes, length);
    return NEXT(sendto)(fd, bytes, length, flags, address, address_length);
}

REPLACEMENT ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    if (is_for_daemon(fd, bytes, length))
        return ask_daemon(fd, bytes, length);
    return NEXT(send)(fd, bytes, length, flags);
}

REPLACEMENT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    size_t copied;
    ssize_t whole = take_answer(fd, message->msg_iov, message->msg_iovlen, (flags & MSG_PEEK) != 0, &copied);

    if (whole < 0)
        return NEXT(recvmsg)(fd, message, flags);
    name_sender(message->msg_name, &message->msg_namelen);
    message->msg_controllen = 0;
    message->msg_flags = copied < (size_t) whole ? MSG_TRUNC : 0;
    return (flags & MSG_TRUNC) != 0 ? whole : (ssize_t) copied;
}

REPLACEMENT ssize_t recvfrom(int fd, void *bytes, size_t length, int flags, struct sockaddr *address,
    socklen_t *address_length)
{
    struct iovec piece = { .iov_base = bytes, .iov_len = length };
    size_t copied;
    ssize_t whole = take_answer(fd, &piece, 1, (flags & MSG_PEEK) != 0, &copied);

    if (whole < 0)
        return NEXT(recvfrom)(fd, bytes, length, flags, address, address_length);
    if (address_length != NULL)
        name_sender(address, address_length);
    return (flags & MSG_TRUNC) != 0 ? whole : (ssize_t) copied;
}

REPLACEMENT ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    return recvfrom(fd, bytes, length, flags, NULL, NULL);
}

REPLACEMENT int close(int fd)
{
    if (!nothing_waits()) {
        lock();
        drop_answers(fd);
        unlock();
    }
    return NEXT(close)(fd);
}
