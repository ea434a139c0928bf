for ((i = 0; i < 65536; i++)); do
  echo 0123456789abcde
done
