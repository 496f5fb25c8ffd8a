# Sourced by ../../../../ringvs: what a fresh Debian 12 machine lacks, and the build.
# shellcheck shell=bash

say() {
    printf '==> %s\n' "$*" >&2
}

die() {
    printf 'ringvs: %s\n' "$*" >&2
    exit 1
}

# Packages of a purpose, each behind the file or command whose absence asks for it.
packages_for() {
    case $1 in
        build)
            command -v javac >/dev/null && java_is_17 || echo openjdk-17-jdk-headless
            command -v mvn >/dev/null || echo maven
            command -v clang >/dev/null || echo clang
            [ -e /usr/include/bpf/bpf_helpers.h ] || echo libbpf-dev
            [ -e /usr/include/stdio.h ] || echo libc6-dev
            [ -e /usr/include/linux/if_xdp.h ] || echo linux-libc-dev
            ;;
        demo)
            command -v ip >/dev/null || echo iproute2
            command -v ethtool >/dev/null || echo ethtool
            command -v nginx >/dev/null || echo nginx-light
            command -v curl >/dev/null || echo curl
            command -v wrk >/dev/null || echo wrk
            command -v tcpdump >/dev/null || echo tcpdump
            command -v ps >/dev/null || echo procps
            [ -e /etc/services ] || echo netbase
            ;;
        test)
            packages_for bench
            command -v chromium >/dev/null || echo chromium
            command -v vsftpd >/dev/null || echo vsftpd
            command -v ipvsadm >/dev/null || [ -x /usr/sbin/ipvsadm ] || echo ipvsadm
            command -v keepalived >/dev/null || [ -x /usr/sbin/keepalived ] || echo keepalived
            command -v setpriv >/dev/null || echo util-linux
            ;;
        bench)
            packages_for demo
            command -v make >/dev/null || echo make
            python3 -c 'import json, statistics' 2>/dev/null || echo python3
            [ -e /usr/include/libelf.h ] || echo libelf-dev
            command -v nft >/dev/null || echo nftables
            command -v taskset >/dev/null || echo util-linux
            [ -e /usr/share/javascript/chart.js/chart.min.js ] || echo libjs-chart.js
            ;;
        bench-vs-ipvs)
            command -v qemu-system-x86_64 >/dev/null || echo qemu-system-x86
            command -v linux.uml >/dev/null || echo user-mode-linux
            command -v busybox >/dev/null || echo busybox-static
            command -v modprobe >/dev/null || echo kmod
            command -v ipvsadm >/dev/null || echo ipvsadm
            command -v xzcat >/dev/null || echo xz-utils
            ;;
    esac
}

java_is_17() {
    local version
    version=$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 17 ]
}

# need PURPOSE...: installs the packages that are missing, by name, and says so.
need() {
    local missing purpose
    missing=$(for purpose in "$@"; do packages_for "$purpose"; done | sort -u)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086 # a list of package names
    set -- $missing
    [ "$(id -u)" = 0 ] || die "these Debian packages are missing and only root can install them: $*"
    command -v apt-get >/dev/null ||
        die "these packages are missing and this is no Debian with apt-get; install their equivalents: $*"
    say "installing $* (apt-get install)"
    apt-get update -qq >&2 || die "apt-get update failed; check the machine's package sources"
    without_starting_services env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >&2 ||
        die "apt-get could not install: $*"
}

# nginx's package would start a web server on the host; the demo runs its own in namespaces.
without_starting_services() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    "$@" || status=$?
    rm -f "$policy"
    return $status
}

# Compiled classes and their libraries.
class_path() {
    printf '%s' "$here/director/target/lib/*:$here/director/target/classes"
}

# Of Maven's output: which module is being built, and what is wrong. Fails when there was an error.
show_build() {
    local line failed=0
    while IFS= read -r line; do
        case $line in
            '[INFO] Building RingVS'* | '[INFO] Building jar'*) ;;
            '[INFO] Building '*) printf '    %s\n' "${line#'[INFO] Building '}" ;;
            '[ERROR]'*)
                failed=1
                printf '%s\n' "$line"
                ;;
        esac
    done
    return $failed
}

# build: compiles and packs unless the last build is newer than every source.
build() {
    local stamp=$here/director/target/.built
    if [ -e "$stamp" ] && [ -z "$(find "$here" -path '*/target' -prune -o -path '*/.git' -prune -o \
        -path "*/src/test" -prune -o -type f \( -path '*/src/*' -o -name pom.xml \) -newer "$stamp" -print -quit)" ]; then
        return 0
    fi
    say "building (mvn package; the first time also downloads the libraries)"
    mvn -B -ntp -Dstyle.color=never -f "$here/pom.xml" package -DskipTests -pl director -am 2>&1 | show_build >&2 ||
        die "the build failed; the lines above say why"
    touch "$stamp"
}

# run_tests [--long]: unit, golden and end-to-end tests of every module.  --long: also the long random tests and jcstress's.
run_tests() {
    local long=()
    case ${1:-} in
        --long) long=(-Dringvs.long=true -Pjcstress) ;;
        '') ;;
        *) die "test takes no option but --long" ;;
    esac
    [ "$(id -u)" = 0 ] ||
        die "the tests attach XDP programs and make network namespaces: run them as root"
    say "building and testing every module (mvn verify)"
    mvn -B -f "$here/pom.xml" -Dstyle.color=never "${long[@]}" verify
}
