# Programs that carry somebody else's rights, and rights that nobody gave.
for tool in sudo su doas pkexec mount umount newgrp chsh passwd fusermount3 ping; do
  path=$(command -v "$tool") || { echo "INFO no $tool"; continue; }
  echo "INFO $path $(stat -c '%A %u' "$path")"
done
[ "$(sudo -n id -u 2>/dev/null)" = 0 ] && echo "ESCAPED sudo"
[ "$(su -c 'id -u' </dev/null 2>/dev/null)" = 0 ] && echo "ESCAPED su"
mount -t tmpfs none /tmp 2>/dev/null && echo "ESCAPED mount"
cp /usr/bin/id /tmp/id 2>/dev/null && chown 0 /tmp/id 2>/dev/null && echo "ESCAPED chown to root"
mknod /tmp/zero c 1 5 2>/dev/null && echo "ESCAPED mknod"
echo DONE
