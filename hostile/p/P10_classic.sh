# Bounded by depth: 2^12 at most.
bomb() {
  [ "$1" -gt 12 ] && sleep 30
  bomb $(($1 + 1)) | bomb $(($1 + 1)) &
}
echo DONE
bomb 0
wait
sleep 30
