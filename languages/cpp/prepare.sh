#!/bin/sh
# Compiles the headers that most programs begin with, once. g++ takes the result in place of the header when the header
# is the first thing that a program includes and the options agree; otherwise, and where nothing was prepared, it
# reads the header as ever. Programs come out the same to the byte, and messages all but the line that says which of the
# program's lines included the header. language.json names the directory with -isystem: a file of the program's own still wins.
# Run as root when an image is built or g++ was upgraded; does nothing when there is nothing to do.
set -eu
umask 022

dir=/usr/local/lib/runbin/cpp

command -v g++ >/dev/null || exit 0
compiler=$(readlink -f "$(command -v g++)")
# The headers belong to the compiler's package: they do not change without it.
version="$(cksum <"$compiler") $(g++ -print-prog-name=cc1plus | xargs cksum) $(cksum <"$0")"
[ "$(cat "$dir/PREPARED_FOR" 2>/dev/null)" != "$version" ] || exit 0

rm -rf "$dir"

# Without the header's own warnings: read as the program, it is not taken for one of the system's.
prepare() {
  header=$1
  name=$2
  shift 2
  mkdir -p "$dir/$header.gch"
  g++ -O2 -std=gnu++20 -w "$@" -x c++-header -o "$dir/$header.gch/$name" "$(path_of "$header")"
}

path_of() {
  echo "#include <$1>" | g++ -std=gnu++20 -x c++ -M - | tr ' \\' '\n\n' | grep "/$1\$" | head -n 1
}

# The first as in language.json; other levels than -O0, and warnings, agree with it. The larger one takes 120 MB each.
prepare bits/stdc++.h default
prepare bits/stdc++.h gnu++17 -std=gnu++17
prepare iostream default
prepare iostream gnu++17 -std=gnu++17
prepare iostream O0 -O0

printf '%s\n' "$version" >"$dir/PREPARED_FOR"
