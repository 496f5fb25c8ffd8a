#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first process of a user-mode-linux guest whose root is the host's, read-only. Measures what the guest's kernel
# itself spends on a frame: flowgen hands frames to the receive path in lists of 64, they leave by a device that drops.
#
# Prints "RESULT what flows Mpps" for each measurement, and "DONE" at the end; ends the guest in any case.
# From the kernel's command line: ringvs.tools=FOLDER ringvs.flows=N,N,... ringvs.frames=N
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin
IN_MAC=02:00:00:00:00:02
VIP=192.168.1.10
SERVER=192.168.1.220

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmpfs /run

of() { # the value of a parameter of the kernel's command line
    tr ' ' '\n' </proc/cmdline | sed -n "s/^ringvs\\.$1=//p"
}

send() { # WHAT FLOWS MAC FLOWGEN-ARGUMENTS...
    what=$1 flows=$2 mac=$3
    shift 3
    "$tools/flowgen" --interface in0 --from 02:00:00:00:00:01 --to "$mac" --vip $VIP --flows "$flows" \
        --deliver stack "$@" >/run/said || { echo "FAILED $what $flows: $(cat /run/said)"; return; }
    echo "RESULT $what $flows $(sed 's/.*"mpps": \([0-9.]*\).*/\1/' /run/said)"
}

measure() { # WHAT FLOWS: steady traffic, of connections that exist
    send "$1" "$2" $IN_MAC --mode data --frames "$frames"
}

serve() { # FLAG
    ipvsadm -C
    ipvsadm -A -t $VIP:80 -s wlc
    ipvsadm -a -t $VIP:80 -r $SERVER:80 "$1"
}

tools=$(of tools) frames=$(of frames)
mkdir -p /run/modules/lib
ln -s /usr/lib/uml/modules /run/modules/lib/modules
modprobe -d /run/modules ip_vs conn_tab_bits=20
modprobe -d /run/modules -a dummy ip_vs_wlc ipip
echo "RUNNING Linux $(uname -r)"

ip link add in0 address $IN_MAC type dummy
ip link add out0 type dummy
ip link set lo up
ip link set in0 up
ip link set out0 up
ip addr add 10.255.255.1/8 dev in0
ip addr add 192.168.1.213/24 dev out0
ip neigh replace $SERVER lladdr 02:00:00:00:00:20 dev out0 nud permanent
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.in0.rp_filter=0 \
    net.ipv4.conf.all.send_redirects=0 net.ipv4.vs.conntrack=0 2>/dev/null

for flows in $(of flows | tr , ' '); do
    # frames for somebody else: all that is not forwarding
    send receive "$flows" 02:00:00:00:00:99 --mode data --frames "$frames"
    ip route replace $VIP via $SERVER dev out0
    measure forward "$flows"
    ip route del $VIP
    ip addr add $VIP/32 dev lo
    for mode in dr:-g tun:-i nat:-m; do
        serve "${mode#*:}"
        send "new-${mode%:*}" "$flows" $IN_MAC --mode syn --once
        measure "${mode%:*}" "$flows"
    done
    ipvsadm -C
    ip addr del $VIP/32 dev lo
done
echo DONE
poweroff -f 2>/dev/null || reboot -f -p
