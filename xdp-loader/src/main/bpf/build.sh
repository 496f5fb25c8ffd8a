#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
# Compiles an XDP program: build.sh SOURCE OBJECT. Run by Maven; CLANG chooses another clang.
set -eu
source=$1
object=$2
clang=${CLANG:-clang}

fail() {
    echo "xdp-loader: $1" >&2
    exit 1
}

command -v "$clang" >/dev/null 2>&1 ||
    fail "the compiler '$clang' was not found, and the XDP programs are C for it: apt-get install clang"
# linux/types.h includes asm/types.h, which lies in the folder of the machine's architecture.
include=/usr/include/$(uname -m)-linux-gnu
[ -e "$include/asm/types.h" ] || [ -e /usr/include/asm/types.h ] ||
    fail "the kernel's headers were not found in $include: apt-get install linux-libc-dev"
[ -e /usr/include/bpf/bpf_helpers.h ] ||
    fail "bpf/bpf_helpers.h was not found in /usr/include: apt-get install libbpf-dev"

mkdir -p "$(dirname "$object")"
exec "$clang" -O2 -g -Wall -Wextra -Werror -target bpf -I"$include" -c "$source" -o "$object"
