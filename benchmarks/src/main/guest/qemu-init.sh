#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The first process of a QEMU guest, in its initial RAM disk: makes the host's file system, read-only over 9p, the
# guest's root with a writable layer in memory, and runs a command of the host's there.
#
# From the kernel's command line: ringvs.run=SCRIPT, a path in the host's file system. The folder "out" is shared.
PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in $(cat /modules/order); do
    insmod "/modules/$module" || echo "FAILED insmod $module"
done
mkdir -p /host /memory /root
options=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o "ro,cache=loose,$options" host /host || echo "FAILED to mount the host's files"
mount -t tmpfs -o size=60% memory /memory
mkdir -p /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work root /root
for directory in proc sys dev run tmp; do
    mkdir -p "/root/$directory"
done
mount -t proc proc /root/proc
mount -t sysfs sys /root/sys
mount -t bpf bpf /root/sys/fs/bpf
mount -t devtmpfs dev /root/dev
mkdir -p /root/dev/shm
mount -t tmpfs run /root/run
mkdir -p /root/run/guest/out /root/run/guest/lib/modules
mount -t 9p -o "$options" out /root/run/guest/out
mount -t 9p -o "ro,$options" modules /root/run/guest/lib/modules
ip link set lo up
run=$(tr ' ' '\n' </proc/cmdline | sed -n 's/^ringvs\.run=//p')
echo "RUNNING Linux $(uname -r)"
chroot /root /bin/bash "$run"
echo "DONE"
poweroff -f
