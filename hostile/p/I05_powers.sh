# What the kernel says about this process.
want() { # FIELD, VALUE
  value=$(sed -n "s/^$1:[[:space:]]*//p" /proc/self/status)
  if [ "$value" = "$2" ]; then echo "BLOCKED $1 $value"; else echo "ESCAPED $1 is $value, not $2"; fi
}
want NoNewPrivs 1
want Seccomp 2
want CapEff 0000000000000000
want CapPrm 0000000000000000
want CapInh 0000000000000000
want CapAmb 0000000000000000
[ "$(id -u)" != 0 ] && echo "BLOCKED root" || echo "ESCAPED uid 0"
unshare --user true 2>/dev/null && echo "ESCAPED a user namespace of its own"
echo DONE
