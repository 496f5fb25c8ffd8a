// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "preload.h"

#include "control-socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void complain(const char *reason)
{
    static bool complained;

    if (!complained)
        fprintf(stderr, "The RingVS daemon at %s does not serve this program's IPVS requests: %s\n",
            control_socket_path(), reason);
    complained = true;
}

// Whoever may not open the socket lacks what the kernel calls CAP_NET_ADMIN.
static int unreachable(int reason)
{
    complain(strerror(reason));
    return reason == EACCES ? EPERM : ECONNREFUSED;
}

static bool send_command(int fd, const char *program, const char *word, const void *input, size_t input_length)
{
    char *const words[] = { (char *) program, (char *) word };
    size_t length;
    char *body = control_arguments(2, words, &length);
    bool sent = body != NULL && control_send_frame(fd, 'A', body, length);

    free(body);
    // the daemon will ask for its input; to send it along saves a round trip
    return sent && (input == NULL
        || (control_send_frame(fd, 'I', input, input_length) && control_send_frame(fd, 'I', NULL, 0)));
}

static int receive_answer(int fd, char *body, output_taker take, void *to)
{
    size_t length;
    char type;

    for (;;) {
        if (control_receive_frame(fd, &type, body, &length) != CONTROL_FRAME) {
            complain("it hung up before it had answered");
            return EIO;
        }
        switch (type) {
        case 'O':
            if (!take(to, body, length))
                return ENOMEM;
            break;
        case 'E':
            complain(body);
            break;
        case 'I':
            break;
        case 'X':
            return length == 1 && body[0] == 0 ? 0 : EIO;
        default:
            complain("it speaks another protocol; use the ringvs exec that came with it");
            return EPROTO;
        }
    }
}

int daemon_command(const char *program, const char *word, const void *input, size_t input_length, output_taker take,
    void *to)
{
    int fd = control_connect();
    char *body;
    int error;

    if (fd < 0)
        return unreachable(errno);
    body = malloc(CONTROL_MAX_BODY + 1); // touched only as far as frames reach
    if (body == NULL)
        error = ENOMEM;
    else if (!send_command(fd, program, word, input, input_length))
        error = unreachable(errno);
    else
        error = receive_answer(fd, body, take, to);
    free(body);
    close(fd);
    return error;
}
