echo "this much was printed"
sleep 40
echo "ESCAPED outlived the limit"
