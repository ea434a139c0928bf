set -e
echo before
no_such_command boom
echo never
