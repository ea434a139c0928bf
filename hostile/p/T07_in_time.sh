# Control: well within the limit.
sleep 2
echo "in time"
