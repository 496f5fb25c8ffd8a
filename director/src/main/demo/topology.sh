# The demo's hosts, as functions. Sourced by demo.sh and teardown.sh.
# shellcheck shell=bash

prefix=ringvs-demo
switch=$prefix-switch
client=$prefix-client
director=$prefix-director
rs1=$prefix-rs1
rs2=$prefix-rs2
readonly prefix switch client director rs1 rs2

readonly vip=192.168.1.10 client_ip=192.168.1.100 director_ip=192.168.1.213
readonly rs1_ip=192.168.1.220 rs2_ip=192.168.1.193
readonly state=/run/$prefix
export RINGVS_SOCKET=$state/ringvs.sock

# host NAME ADDRESS: a namespace with eth0 on the bridge.
host() {
    local name=$1 address=$2
    ip netns add "$name"
    ip -n "$name" link set lo up
    ip -n "$switch" link add "p-${name##*-}" type veth peer name eth0 netns "$name"
    ip -n "$switch" link set "p-${name##*-}" master br0 up
    ip -n "$name" address add "$address/24" dev eth0
    # frames on a veth otherwise carry unfinished checksums, which nobody completes behind an XDP program
    ip netns exec "$name" ethtool -K eth0 tx off >/dev/null
    ip -n "$name" link set eth0 up
}

# The VIP on lo of a real server that keeps quiet about it in ARP, as every LVS-DR real server needs.
real_server() {
    local name=$1
    ip netns exec "$name" sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2 2>/dev/null ||
        for setting in arp_ignore=1 arp_announce=2; do
            ip netns exec "$name" sh -c "echo ${setting#*=} >/proc/sys/net/ipv4/conf/all/${setting%=*}"
        done
    ip -n "$name" address add "$vip/32" dev lo
}

topology_up() {
    mkdir -p "$state"
    ip netns add "$switch"
    ip -n "$switch" link add br0 type bridge
    ip -n "$switch" link set br0 up
    host "$client" "$client_ip"
    host "$director" "$director_ip"
    host "$rs1" "$rs1_ip"
    host "$rs2" "$rs2_ip"
    real_server "$rs1"
    real_server "$rs2"
    ip -n "$director" address add "$vip/32" dev eth0
}

# stop_process FILE: ends the process whose number FILE holds, and waits for its end.
stop_process() {
    local file=$1 pid
    [ -s "$file" ] || return 0
    pid=$(cat "$file")
    rm -f "$file"
    kill "$pid" 2>/dev/null || return 0
    for _ in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.05
    done
    kill -9 "$pid" 2>/dev/null || true
}

topology_down() {
    local file name
    for file in "$state"/*.pid; do
        [ -e "$file" ] && stop_process "$file"
    done
    for name in "$client" "$director" "$rs1" "$rs2" "$switch"; do
        [ ! -e "/run/netns/$name" ] || ip netns delete "$name"
    done
    rm -rf "$state"
}

start_nginx() {
    local name=$1 text=$2 dir=$state/$2
    mkdir -p "$dir"
    cat >"$dir/nginx.conf" <<EOF
daemon on;
worker_processes 1;
pid $state/$text.pid;
error_log $dir/error.log;
events { worker_connections 4096; }
http {
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    server { listen 80; location / { return 200 "$text\n"; } }
}
EOF
    ip netns exec "$name" nginx -c "$dir/nginx.conf" -p "$dir" -e "$dir/error.log"
}

# start_director COMMAND: runs the director and waits until its control socket answers.
start_director() {
    local command=$1
    ip netns exec "$director" "$command" run --interface eth0 --no-save >"$state/director.log" 2>&1 &
    echo $! >"$state/director.pid"
    for _ in $(seq 200); do
        if "$command" adm -Ln >/dev/null 2>&1; then
            return 0
        fi
        kill -0 "$(cat "$state/director.pid")" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

director_mac() {
    ip netns exec "$director" cat /sys/class/net/eth0/address
}

# Captures on the bridge's port towards the director: on the director itself, frames that XDP takes never reach a
# capture.
start_capture() {
    ip netns exec "$switch" tcpdump -i p-director -nn -U -s 64 -w "$state/capture.pcap" tcp port 80 \
        >"$state/tcpdump.log" 2>&1 &
    echo $! >"$state/tcpdump.pid"
    for _ in $(seq 100); do
        grep -q 'listening on' "$state/tcpdump.log" && return 0
        sleep 0.05
    done
    fail "tcpdump did not start: $(cat "$state/tcpdump.log")"
}

stop_capture() {
    stop_process "$state/tcpdump.pid"
}

count_frames() {
    tcpdump -nn -r "$state/capture.pcap" "$1" 2>/dev/null | wc -l
}
