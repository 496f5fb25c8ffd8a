# SPDX-License-Identifier: Apache-2.0
"""Rule changes by the director's control socket, without a process for each: how long each takes to be in effect."""
import socket
import struct
import time

from .topology import CommandFailed

VERSION = b"\x01"
ARGUMENTS, ERROR, EXIT = b"A", b"E", b"X"
HEADER = struct.Struct(">cI")


def run(path, *words):
    """Runs a command of `ringvs adm`; returns the milliseconds until it was in effect."""
    began = time.perf_counter()
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(path)
        body = VERSION + b"".join(word.encode() + b"\0" for word in ("ringvs adm",) + words)
        control.sendall(HEADER.pack(ARGUMENTS, len(body)) + body)
        with control.makefile("rb") as answer:
            _await(answer, words)
    return (time.perf_counter() - began) * 1000


def _await(answer, words):
    errors = b""
    while True:
        header = answer.read(HEADER.size)
        if len(header) < HEADER.size:
            raise CommandFailed(f"the director hung up on {' '.join(words)}")
        kind, length = HEADER.unpack(header)
        body = answer.read(length)
        if kind == ERROR:
            errors += body
        elif kind == EXIT:
            if body[0] != 0:
                raise CommandFailed(f"{' '.join(words)}: {errors.decode()}")
            return


def paced(path, changes, per_second, seconds):
    """Runs changes one after the other, at most so many a second; returns what each took, in milliseconds."""
    took, began = [], time.monotonic()
    for number, change in enumerate(changes):
        wait = began + number / per_second - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        if time.monotonic() - began > seconds:
            return took
        took.append(run(path, *change))
    return took


def many_rules(protocol, services, servers):
    """The text, for `adm -R`, of so many services with so many real servers each, in networks of their own."""
    lines = []
    for service in range(services):
        lines.append(f"-A {protocol} {address(10, service)}:80 -s wrr")
        lines += [f"-a {protocol} {address(10, service)}:80 -r {address(11, service * servers + server)}:80 -g"
                  for server in range(servers)]
    return "\n".join(lines) + "\n"


def address(first, number):
    """The address of that number in a network of 2^24."""
    return f"{first}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
