say "0123456789abcde" for ^65536;
