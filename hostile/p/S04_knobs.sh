# Writes to what steers the kernel.
for knob in /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sys/vm/drop_caches /proc/sysrq-trigger \
  /proc/sys/net/ipv4/ip_forward /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/pids.max /sys/fs/cgroup/memory.max \
  /sys/kernel/uevent_helper /proc/1/oom_score_adj /proc/self/uid_map; do
  if (: >>"$knob") 2>/dev/null && (cat "$knob" >"$knob") 2>/dev/null; then echo "ESCAPED $knob"; else echo "BLOCKED $knob"; fi
done
echo DONE
