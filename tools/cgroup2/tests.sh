#!/bin/sh
# What the machine is booted for, as its first process: runs the tests of the limits in each shape in which a runner
# meets cgroup v2, sends Jest's report of each, a line of JSON, to the second serial port, and switches the machine
# off. Told as its argument: which node.
node=$1
cd "$(dirname "$0")/../.." || exit 1
# Not the host's, in which others come and go meanwhile.
own=/run/tests
mkdir -p $own && mount -t tmpfs tests $own
export HOME=$own TMPDIR=$own PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CI=1
stty -F /dev/ttyS1 raw
tree=/sys/fs/cgroup
sandbox=apps/runner/src/sandbox

# test_as SHAPE SPECS TITLES: the tests, started by the function of that name.
test_as() {
  echo "── as $1, $(cut -d ' ' -f 1 /proc/uptime) s after the start of the machine"
  "$1" "$node" node_modules/jest/bin/jest.js "$2" --selectProjects int --runInBand --testNamePattern "$3" \
    --testTimeout 300000 --colors=false --cacheDirectory dist/cgroup2/jest \
    --json --outputFile "$own/$1.json" 2>&1 | cat
  printf '{"shape":"%s","report":%s}\n' "$1" "$(cat "$own/$1.json")" > /dev/ttyS1
}

# in_group GROUP COMMAND...
in_group() {
  mkdir -p "$tree/$1"
  sh -c "echo \$\$ > '$tree/$1/cgroup.procs' && shift && exec \"\$@\"" sh "$@"
}

# A service of systemd's with Delegate=yes: the group that may be divided is the one it is in.
service() {
  echo '+memory +pids +cpu' > "$tree/cgroup.subtree_control"
  RUNNER_CGROUP_DIR=$tree/service in_group service "$@"
}

# npm start: root of the machine, and nobody has said which group may be divided.
machine() {
  in_group session "$@"
}

# docker compose: four capabilities, in a container's group, and nothing of the tree can be written but the
# delegated group.
composed() {
  mkdir -p "$tree/runbin" /run/cgroup
  in_group container \
    unshare --mount sh -c "mount --bind $tree/runbin /run/cgroup && mount -o remount,bind,ro $tree && exec \"\$@\"" sh \
    setpriv --bounding-set -all,+setuid,+setgid,+kill,+mknod --inh-caps -all --no-new-privs \
    env RUNNER_CGROUP_DIR=/run/cgroup "$@"
}

test_as service "$sandbox/cgroup.int" .
# A run without a cgroup has nothing to do with the kernel's version, nor has what sandboxes see of files and of the host, but
# for their cgroups, nor what the filter and the mounts keep from them. And on files that come from outside of the
# machine, a program that waits for its own start can be taken for one that waits in its parking place.
test_as machine "$sandbox/(cgroup|bubblewrap.*).int" '^(cgroup|with a cgroup (?!a parked program that ends|what sandboxes|walls|facts of the host (?!its cgroup|the cgroup)))'
test_as composed "$sandbox/(cgroup|bubblewrap.*).int" '^(cgroup|with a cgroup (says|limits))'
echo o > /proc/sysrq-trigger
sleep 60
