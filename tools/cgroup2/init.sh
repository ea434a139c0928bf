#!/bin/busybox sh
# First program of the machine, in its initramfs: brings up the host's files and a cgroup v2 tree, then becomes
# tests.sh. The root is an overlay: all of the host's files can be read, and what is written stays in memory.
/bin/busybox --install -s /bin
export PATH=/bin
. /settings.sh

mount -t devtmpfs dev /dev
modprobe -a virtio_pci virtiofs overlay
mount -t virtiofs -o ro host /host
mount -t tmpfs written /written
mkdir /written/files /written/work
mount -t overlay -o lowerdir=/host,upperdir=/written/files,workdir=/written/work root /root

mount -t proc proc /root/proc
mount -t sysfs sysfs /root/sys
mount -t devtmpfs dev /root/dev
mount -t cgroup2 cgroup2 /root/sys/fs/cgroup
ifconfig lo up
exec switch_root /root /bin/sh "$REPOSITORY/tools/cgroup2/tests.sh" "$NODE"
