# Closes its input while it is still being written.
exec 0<&-
sleep 0.3
echo "hung up"
