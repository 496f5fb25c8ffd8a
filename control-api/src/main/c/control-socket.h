// SPDX-License-Identifier: Apache-2.0
//
// The client's end of the daemon's control socket: connecting, and frames as ControlFrame.java describes them.

#ifndef RINGVS_CONTROL_SOCKET_H
#define RINGVS_CONTROL_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_PROTOCOL_VERSION 1
#define CONTROL_MAX_BODY (2u << 20)

// Where the daemon listens: RINGVS_SOCKET, or /run/ringvs.sock.
const char *control_socket_path(void);

// A new connection, or -1 with errno.
int control_connect(void);

// Sends all bytes, or one frame; false once the daemon no longer listens (its last words may still wait to be read).
bool control_send(int fd, const void *bytes, size_t length);
bool control_send_frame(int fd, char type, const void *body, size_t length);

// The words of a command, program first, as the body of its 'A' frame; NULL when they are too long or memory is short.
char *control_arguments(int count, char *const *words, size_t *length);

// What came of receiving a frame.
enum control_received {
    CONTROL_FRAME,   // type, body and length are there; a 0 follows the body
    CONTROL_HUNG_UP, // the daemon is gone
    CONTROL_FOREIGN, // what came is no frame
};

// Receives one frame into body, which has room for CONTROL_MAX_BODY + 1 bytes.
enum control_received control_receive_frame(int fd, char *type, char *body, size_t *length);

#endif
