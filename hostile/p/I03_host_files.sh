# What a host keeps for itself.
for path in /etc/shadow /etc/gshadow /etc/sudoers /root /home/* /var/lib/docker /var/lib/postgresql /var/log/syslog \
  /var/spool/cron /boot /proc/kcore /proc/kmsg /dev/mem /dev/kmsg /dev/sda /dev/vda /sys/kernel/security /.dockerenv \
  /run/secrets; do
  if [ -d "$path" ]; then
    [ -n "$(ls -A "$path" 2>/dev/null)" ] && echo "ESCAPED $path: $(ls -A "$path" | head -3 | tr '\n' ' ')"
  elif head -c 1 "$path" >/dev/null 2>&1; then
    echo "ESCAPED $path can be read"
  else
    echo "BLOCKED $path"
  fi
done
echo DONE
