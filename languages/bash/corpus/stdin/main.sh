number=0
while IFS= read -r line || [[ -n $line ]]; do
  number=$((number + 1))
  echo "$number: ${line^^}"
done
