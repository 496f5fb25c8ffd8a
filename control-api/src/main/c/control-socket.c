// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "control-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_PATH "/run/ringvs.sock"
#define HEADER_LENGTH 5

const char *control_socket_path(void)
{
    const char *path = getenv("RINGVS_SOCKET");

    return path == NULL || path[0] == '\0' ? DEFAULT_PATH : path;
}

int control_connect(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = control_socket_path();
    int fd;

    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        fd = -1;
    }
    return fd;
}

bool control_send(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        at += sent;
        length -= (size_t) sent;
    }
    return true;
}

bool control_send_frame(int fd, char type, const void *body, size_t length)
{
    unsigned char header[HEADER_LENGTH] = { (unsigned char) type };
    uint32_t body_length = htonl((uint32_t) length);

    memcpy(header + 1, &body_length, sizeof(body_length));
    return control_send(fd, header, sizeof(header)) && control_send(fd, body, length);
}

char *control_arguments(int count, char *const *words, size_t *length)
{
    size_t needed = 1;
    char *body;
    char *at;

    for (int i = 0; i < count; i++)
        needed += strlen(words[i]) + 1;
    body = needed > CONTROL_MAX_BODY ? NULL : malloc(needed);
    if (body == NULL)
        return NULL;
    body[0] = CONTROL_PROTOCOL_VERSION;
    at = body + 1;
    for (int i = 0; i < count; i++)
        at = stpcpy(at, words[i]) + 1;
    *length = needed;
    return body;
}

static bool receive_bytes(int fd, void *bytes, size_t length)
{
    char *at = bytes;

    while (length > 0) {
        ssize_t received = recv(fd, at, length, 0);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0)
            return false;
        at += received;
        length -= (size_t) received;
    }
    return true;
}

enum control_received control_receive_frame(int fd, char *type, char *body, size_t *length)
{
    unsigned char header[HEADER_LENGTH];
    uint32_t body_length;

    if (!receive_bytes(fd, header, sizeof(header)))
        return CONTROL_HUNG_UP;
    memcpy(&body_length, header + 1, sizeof(body_length));
    body_length = ntohl(body_length);
    if (body_length > CONTROL_MAX_BODY)
        return CONTROL_FOREIGN;
    if (!receive_bytes(fd, body, body_length))
        return CONTROL_HUNG_UP;
    body[body_length] = '\0';
    *type = (char) header[0];
    *length = body_length;
    return CONTROL_FRAME;
}
