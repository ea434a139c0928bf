import { publicMode } from './weaker.modes';

const CUT = 'no cgroup: memory, CPU and processes are limited by rlimits and sampling';

it.each([
  [
    "no cgroup (ENOENT: no such file or directory, mkdir '/sys/fs/cgroup/memory/host-7/runbin-4026531836-24482-0'): memory, CPU and processes are limited by rlimits and sampling",
    CUT,
  ],
  [
    'no cgroup (/a is no group (cgroup2fs); a process can not be moved: sh: 1: (3)\n echo): memory, CPU and processes are limited by rlimits and sampling',
    CUT,
  ],
  ['the file /etc/host-7/x is old', 'the file … is old'],
  ['bubblewrap 0.8.0 is older than 0.12.0', 'bubblewrap 0.8.0 is older than 0.12.0'],
])('%j is told as %j', (mode, told) => {
  expect(publicMode(mode)).toBe(told);
});
