#!/bin/sh
# Compiles Go's standard library once, for machines whose Go package does not bring it compiled (Go 1.20 and
# later): otherwise every run would compile it again and exceed the CPU time of the compile stage.
# Run as root when an image is built or Go was upgraded; does nothing when there is nothing to do.
#
# language.json points GOENV at the file that is written here. Where it is missing, Go uses an empty cache below
# HOME: quick enough up to Go 1.19, and refused by the version probe after it.
set -eu

dir=/usr/local/lib/runbin
cache=$dir/go-cache

command -v go >/dev/null || exit 0
# Up to 1.19 the package brings it compiled.
[ ! -e "$(go env GOROOT)/pkg/$(go env GOOS)_$(go env GOARCH)/fmt.a" ] || exit 0
version=$(go version)
if [ -e "$dir/go.env" ] && [ "$(cat "$cache/PREPARED_FOR" 2>/dev/null)" = "$version" ]; then exit 0; fi

rm -rf "$dir/go.env" "$cache"
mkdir -p "$cache"
# CGO_ENABLED changes what is looked up in the cache: it must be as in language.json, which also turns the module
# index off (goindex=0), since Go would write it here.
GOENV=off GOFLAGS= GOCACHE=$cache GOPATH=/nonexistent GOTOOLCHAIN=local GO111MODULE=off CGO_ENABLED=1 go build std

# In a sandbox the cache is read-only, and a day after its last trim `go build` fails because it can not write
# the time of the next one. A link to a place that can be written there keeps it going.
rm -f "$cache/trim.txt"
ln -s /tmp/.go-cache-trim "$cache/trim.txt"

chmod -R a+rX "$cache"
printf '%s\n' "$version" >"$cache/PREPARED_FOR"
printf 'GOCACHE=%s\n' "$cache" >"$dir/go.env"
