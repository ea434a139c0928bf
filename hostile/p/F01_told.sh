# What the kernel says of the host to everybody.
tell() {
  size=$(cat "$1" 2>/dev/null | head -c 100000 | wc -c)
  [ "$size" -gt 0 ] && echo "ESCAPED $1 has $size bytes"
}
for name in cmdline config.gz bootconfig cgroups diskstats partitions swaps mdstat vmstat zoneinfo buddyinfo pagetypeinfo \
  slabinfo vmallocinfo interrupts softirqs schedstat sched_debug timer_list timer_stats latency_stats locks lockdep keys \
  key-users kallsyms modules iomem ioports devices misc crypto consoles dma mtrr fb execdomains allocinfo kcore kmsg; do
  tell "/proc/$name"
done
for name in pressure fs bus driver irq acpi scsi asound sys/dev sys/kernel/pty; do
  for file in $(find "/proc/$name" -type f 2>/dev/null | head -n 50); do tell "$file"; done
done
for name in file-nr inode-nr inode-state dentry-state aio-nr; do tell "/proc/sys/fs/$name"; done
for file in $(find /sys/block /sys/class /sys/devices /sys/module /sys/power /sys/fs/ext4 -type f 2>/dev/null | head -n 50); do
  tell "$file"
done
echo DONE
