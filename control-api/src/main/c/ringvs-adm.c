// SPDX-License-Identifier: Apache-2.0
//
// ringvs-adm: hands the words of a command to the RingVS daemon and shows its answer.
//
// The daemon understands the command; this program knows nothing about it. It reads standard input and looks up names
// only when the daemon asks. The frames are described in ControlFrame.java.
//
//   cc -std=c11 -O2 -Wall -Wextra -Werror -o ringvs-adm ringvs-adm.c control-socket.c

#define _GNU_SOURCE
#include "control-socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OTHER_PROTOCOL "The RingVS daemon speaks another protocol; use the ringvs-adm that came with it."
#define INPUT_PIECE (64u << 10)
#define EXIT_NO_DAEMON 2

static int daemon_fd;

static _Noreturn void fail(const char *problem)
{
    fprintf(stderr, "%s\n", problem);
    exit(EXIT_NO_DAEMON);
}

static void connect_to_daemon(void)
{
    daemon_fd = control_connect();
    if (daemon_fd < 0) {
        fprintf(stderr, "Can't reach the RingVS daemon at %s: %s\nIs `ringvs run` running?\n", control_socket_path(),
            strerror(errno));
        exit(EXIT_NO_DAEMON);
    }
}

static void send_arguments(int argc, char **argv)
{
    size_t length;
    char *body = control_arguments(argc, argv, &length);

    if (body == NULL)
        fail("The command line is too long for RingVS; use -R and standard input.");
    control_send_frame(daemon_fd, 'A', body, length);
    free(body);
}

static void send_input(void)
{
    static char piece[INPUT_PIECE];
    ssize_t length;

    do {
        length = read(STDIN_FILENO, piece, sizeof(piece));
        if (length < 0 && errno != EINTR)
            length = 0;
    } while (length != 0 && (length < 0 || control_send_frame(daemon_fd, 'I', piece, (size_t) length)));
    if (length == 0)
        control_send_frame(daemon_fd, 'I', NULL, 0);
}

static void append(char **text, size_t *length, const char *string)
{
    size_t added = strlen(string) + 1;

    *text = realloc(*text, *length + added);
    if (*text == NULL)
        fail("There is not enough memory.");
    memcpy(*text + *length, string, added);
    *length += added;
}

// The name of a numeric address, "" if it has none.
static void name_of(const char *address, char *name, size_t size)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;

    name[0] = '\0';
    if (getaddrinfo(address, NULL, &hints, &found) == 0) {
        if (getnameinfo(found->ai_addr, found->ai_addrlen, name, (socklen_t) size, NULL, 0, NI_NAMEREQD) != 0)
            name[0] = '\0';
        freeaddrinfo(found);
    }
}

// The first IPv4 address of a host name, "" if it has none.
static void address_of(const char *host, char *address, size_t size)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;

    address[0] = '\0';
    if (getaddrinfo(host, NULL, &hints, &found) == 0) {
        inet_ntop(AF_INET, &((struct sockaddr_in *) found->ai_addr)->sin_addr, address, (socklen_t) size);
        freeaddrinfo(found);
    }
}

static void send_names(const char *questions, size_t length)
{
    char *answers = NULL;
    size_t answers_length = 0;
    char answer[NI_MAXHOST];

    for (const char *question = questions; question < questions + length; question += strlen(question) + 1) {
        if (question[0] == 'A')
            name_of(question + 1, answer, sizeof(answer));
        else
            address_of(question + 1, answer, sizeof(answer));
        append(&answers, &answers_length, answer);
    }
    control_send_frame(daemon_fd, 'N', answers, answers_length);
    free(answers);
}

static void show(FILE *stream, const char *text, size_t length)
{
    if (fwrite(text, 1, length, stream) != length)
        exit(1); // nobody reads any more
}

// One frame of the daemon's; the process ends when there is none.
static char receive_frame(char *body, size_t *length)
{
    char type = 0;

    switch (control_receive_frame(daemon_fd, &type, body, length)) {
    case CONTROL_FRAME:
        return type;
    case CONTROL_HUNG_UP:
        fflush(stdout);
        fprintf(stderr, "The RingVS daemon at %s hung up before it had answered; its log may tell why.\n",
            control_socket_path());
        exit(EXIT_NO_DAEMON);
    default:
        fail(OTHER_PROTOCOL);
    }
}

int main(int argc, char **argv)
{
    static char body[CONTROL_MAX_BODY + 1];
    size_t length;

    connect_to_daemon();
    send_arguments(argc, argv);
    for (;;) {
        switch (receive_frame(body, &length)) {
        case 'O':
            show(stdout, body, length);
            break;
        case 'E':
            show(stderr, body, length);
            break;
        case 'I':
            send_input();
            break;
        case 'N':
            send_names(body, length);
            break;
        case 'X':
            return fflush(stdout) == 0 && length == 1 ? (unsigned char) body[0] : 1;
        default:
            fail(OTHER_PROTOCOL);
        }
    }
}
