#!/usr/bin/env bash
# The textbook direct-routing example on real traffic: client, director and two real servers on one bridged segment,
# each in a network namespace of its own. See usage below.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
ringvs=$(cd "$here/../../../.." && pwd)/ringvs
readonly here ringvs
# shellcheck source=topology.sh
. "$here/topology.sh"

usage() {
    cat <<'EOF'
ringvs demo [--keep] [--seconds N]
  --keep       leave the topology and the director running to play with
  --seconds N  how long wrk runs (default 5)
EOF
}

keep=no
seconds=5
while [ $# -gt 0 ]; do
    case $1 in
        --keep) keep=yes ;;
        --seconds)
            [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "demo: --seconds needs a number of seconds" >&2; exit 2; }
            seconds=$2
            shift
            ;;
        -h | --help) usage; exit 0 ;;
        *) echo "demo: there is no option '$1'" >&2; usage >&2; exit 2 ;;
    esac
    shift
done
[ "$(id -u)" = 0 ] || { echo "demo: network namespaces and XDP need root; run it as root" >&2; exit 1; }

step() { printf '\n==> %s\n' "$*"; }

# Prints a command the way a user would type it, then runs it.
show() {
    printf '    # %s\n' "$*"
    "$@"
}

# ringvs adm ..., as typed on the director.
adm() {
    printf '    # ringvs adm %s\n' "$*"
    "$ringvs" adm "$@"
}

finish() {
    local status=$?
    trap - EXIT INT TERM HUP
    if [ "$keep" = yes ] && [ $status = 0 ]; then
        printf '\nThe topology stays. Play with it:\n'
        printf '    export RINGVS_SOCKET=%s\n' "$RINGVS_SOCKET"
        printf '    ringvs adm -Ln\n'
        printf '    ip netns exec %s curl http://%s/\n' "$client" "$vip"
        printf 'and take it down with:\n    %s/teardown.sh\n' "$here"
        exit 0
    fi
    step "cleaning up"
    topology_down
    [ $status = 0 ] || { printf '\nThe demo failed (status %s).\n' "$status" >&2; }
    exit $status
}

interrupted() {
    keep=no
    exit 130
}

fail() {
    printf 'demo: %s\n' "$*" >&2
    [ ! -s "$state/director.log" ] || { echo "the director's log:" >&2; cat "$state/director.log" >&2; }
    exit 1
}

trap interrupted INT TERM HUP
trap finish EXIT

step "hosts: $client, $director, $rs1, $rs2 on one bridge"
topology_down
topology_up
printf '    VIP %s, director %s, RS1 %s, RS2 %s\n' "$vip" "$director_ip" "$rs1_ip" "$rs2_ip"

step "nginx on both real servers (the VIP is on their lo, and they do not answer ARP for it)"
start_nginx "$rs1" RS1
start_nginx "$rs2" RS2

step "the director takes the VIP and starts RingVS on its interface"
printf '    # ringvs run --interface eth0\n'
start_director "$ringvs" || fail "the director did not start"
sed 's/^/    /' "$state/director.log"

step "the rules, as everybody types them"
adm -C
adm -A -t "$vip:80" -s rr
adm -a -t "$vip:80" -r "$rs1_ip:80" -g -w 1
adm -a -t "$vip:80" -r "$rs2_ip:80" -g -w 1
adm -Ln

step "four requests: RS1 and RS2 in turn"
printf '    # for i in 1 2 3 4; do curl http://%s/; done\n' "$vip"
answers=()
for _ in 1 2 3 4; do
    answer=$(ip netns exec "$client" curl -sS --max-time 5 "http://$vip/") || fail "curl got no answer from the VIP"
    printf '    %s\n' "$answer"
    answers+=("$answer")
done
[ "${answers[0]}" = "${answers[2]}" ] && [ "${answers[1]}" = "${answers[3]}" ] && [ "${answers[0]}" != "${answers[1]}" ] ||
    fail "the answers do not alternate between RS1 and RS2"

step "wrk for $seconds seconds with 64 connections, while a capture on the director looks for replies"
start_capture
printf '    # wrk -t1 -c64 -d%ss http://%s/\n' "$seconds" "$vip"
ip netns exec "$client" wrk -t1 -c64 "-d${seconds}s" --latency "http://$vip/" | sed 's/^/    /'
stop_capture

step "what went by, by service and real server"
sleep 2.2 # the counters that -L --stats shows are read every 2 s, as in Linux
adm -Ln --stats
adm -Ln

step "inside the director"
printf '    # ringvs status\n'
"$ringvs" status | sed 's/^/    /'

step "replies do not pass the director (direct routing)"
to_vip=$(count_frames "dst host $vip and tcp dst port 80 and ether dst $(director_mac)")
from_vip=$(count_frames "src host $vip and tcp src port 80 and ether dst $(director_mac)")
printf '    frames to the VIP that the capture saw reach the director:  %s\n' "$to_vip"
printf '    replies from the VIP that it saw sent to the director:      %s\n' "$from_vip"
[ "$to_vip" -gt 0 ] || fail "the capture saw no request at all, so it proves nothing"
[ "$from_vip" = 0 ] || fail "replies passed the director"

printf '\nThe demo succeeded.\n'
