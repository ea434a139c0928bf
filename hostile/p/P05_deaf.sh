# Traps every signal there is and goes on. Cap: 40 s.
for signal in $(seq 1 64); do trap '' "$signal" 2>/dev/null; done
echo "INFO deaf"
end=$((SECONDS + 40))
while [ $SECONDS -lt $end ]; do :; done
echo "ESCAPED outlived the limit"
