// SPDX-License-Identifier: Apache-2.0
//
// ringvs-adm: hands the words of a command to the RingVS daemon and shows its answer.
//
// The daemon understands the command; this program knows nothing about it. It reads standard input and looks up names
// only when the daemon asks. The frames are described in ControlFrame.java.
//
//   cc -std=c11 -O2 -Wall -Wextra -Werror -o ringvs-adm ringvs-adm.c

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_SOCKET "/run/ringvs.sock"
#define PROTOCOL_VERSION 1
#define HEADER_LENGTH 5
#define MAX_BODY (2u << 20)
#define INPUT_PIECE (64u << 10)
#define EXIT_NO_DAEMON 2

static const char *socket_path;
static int daemon_fd;

static _Noreturn void fail(const char *problem)
{
    fprintf(stderr, "%s\n", problem);
    exit(EXIT_NO_DAEMON);
}

static _Noreturn void fail_unreachable(const char *reason)
{
    fprintf(stderr, "Can't reach the RingVS daemon at %s: %s\nIs `ringvs run` running?\n", socket_path, reason);
    exit(EXIT_NO_DAEMON);
}

static void connect_to_daemon(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen(socket_path) >= sizeof(address.sun_path))
        fail_unreachable("the path is too long");
    strcpy(address.sun_path, socket_path);
    daemon_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (daemon_fd < 0 || connect(daemon_fd, (struct sockaddr *) &address, sizeof(address)) < 0)
        fail_unreachable(strerror(errno));
}

// Sends all bytes; false once the daemon no longer listens (its last words may still wait to be read).
static bool send_bytes(const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t sent = send(daemon_fd, at, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        at += sent;
        length -= (size_t) sent;
    }
    return true;
}

static bool send_frame(char type, const void *body, size_t length)
{
    unsigned char header[HEADER_LENGTH] = { (unsigned char) type };
    uint32_t body_length = htonl((uint32_t) length);

    memcpy(header + 1, &body_length, sizeof(body_length));
    return send_bytes(header, sizeof(header)) && send_bytes(body, length);
}

static void receive_bytes(void *bytes, size_t length)
{
    char *at = bytes;

    while (length > 0) {
        ssize_t received = recv(daemon_fd, at, length, 0);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0) {
            fflush(stdout);
            fprintf(stderr, "The RingVS daemon at %s hung up before it had answered; its log may tell why.\n",
                socket_path);
            exit(EXIT_NO_DAEMON);
        }
        at += received;
        length -= (size_t) received;
    }
}

static void send_arguments(int argc, char **argv)
{
    size_t length = 1;
    char *body;
    char *at;

    for (int i = 0; i < argc; i++)
        length += strlen(argv[i]) + 1;
    if (length > MAX_BODY)
        fail("The command line is too long for RingVS; use -R and standard input.");
    body = malloc(length);
    if (body == NULL)
        fail("There is not enough memory.");
    body[0] = PROTOCOL_VERSION;
    at = body + 1;
    for (int i = 0; i < argc; i++)
        at = stpcpy(at, argv[i]) + 1;
    send_frame('A', body, length);
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
    } while (length != 0 && (length < 0 || send_frame('I', piece, (size_t) length)));
    if (length == 0)
        send_frame('I', NULL, 0);
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
    send_frame('N', answers, answers_length);
    free(answers);
}

static void show(FILE *stream, const char *text, size_t length)
{
    if (fwrite(text, 1, length, stream) != length)
        exit(1); // nobody reads any more
}

int main(int argc, char **argv)
{
    static char body[MAX_BODY + 1];

    socket_path = getenv("RINGVS_SOCKET");
    if (socket_path == NULL || socket_path[0] == '\0')
        socket_path = DEFAULT_SOCKET;
    connect_to_daemon();
    send_arguments(argc, argv);
    for (;;) {
        unsigned char header[HEADER_LENGTH];
        uint32_t length;

        receive_bytes(header, sizeof(header));
        memcpy(&length, header + 1, sizeof(length));
        length = ntohl(length);
        if (length > MAX_BODY)
            fail("The RingVS daemon speaks another protocol; use the ringvs-adm that came with it.");
        receive_bytes(body, length);
        body[length] = '\0';
        switch (header[0]) {
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
            fail("The RingVS daemon speaks another protocol; use the ringvs-adm that came with it.");
        }
    }
}
