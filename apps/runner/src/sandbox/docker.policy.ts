import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { Limits } from '@runbin/contracts/limits';
import { BOX_DIR } from '@runbin/languages/language';
import { INSIDE_UID, SUPERVISOR_PATH } from './bubblewrap.policy';
import { inodesFor } from './supervisor.protocol';

/**
 * What a program finds around it: the policy of the docker engine, one reason per line. The rest of the walls are
 * the supervisor's (limits, system calls) and the image's (toolchain, /etc). There is no way to switch any of it off.
 */

/** Holds the mark of the runner that a container belongs to. */
export const RUNNER_LABEL = 'runbin.runner';

const MIB = 1024 * 1024;
const PAGE_BYTES = 4096;
const SIXTEENTHS = 16;

/** In the run's cgroup beside the program: the supervisor, and what it writes for the run. */
const SUPERVISOR_BYTES = 4 * MIB;
const SUPERVISOR_PROCESSES = 1;
/** The runtime's own start happens under the limit, and needs about this. A smaller one is set once it is over. */
const START_BYTES = 32 * MIB;
/** Runs get less of a contended core than the services beside them; the default is 1024. */
const CPU_SHARES = 512;
/** Where the machine itself runs out of memory, sandboxes go before services. A program can not lower its own below this. */
const OOM_SCORE_ADJUSTMENT = 500;

/**
 * What the writable file systems get of `files_bytes`, in sixteenths. A daemon mounts each by itself: to keep the
 * promise for all of them together it is divided.
 */
const PLACES = [
  { path: BOX_DIR, sixteenths: 10, options: `mode=0755,uid=${INSIDE_UID},gid=${INSIDE_UID}` },
  { path: '/tmp', sixteenths: 5, options: 'mode=1777' },
  { path: '/dev/shm', sixteenths: 1, options: 'mode=1777' },
] as const;

/**
 * What the supervisor starts with, as root of its container: to take a user id of its own, apart from the program's, and to
 * empty the bounding set. All of it, and root, has gone before the program starts (supervisor/ids.c).
 */
const CAPABILITIES = ['SETGID', 'SETPCAP', 'SETUID'];

/**
 * Refused to the supervisor too, which loads the real filter (seccomp.c) into every program. Docker's own profile
 * would add nothing to that one, and its compilation costs a fifth of a container's start.
 */
const SYSTEM_CALLS_REFUSED = [
  ...['mount', 'umount2', 'pivot_root', 'move_mount', 'open_tree', 'fsopen', 'fsmount', 'mount_setattr'],
  ...['unshare', 'setns', 'open_by_handle_at', 'name_to_handle_at'],
  ...['bpf', 'perf_event_open', 'userfaultfd', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  ...['keyctl', 'add_key', 'request_key', 'ptrace', 'process_vm_readv', 'process_vm_writev', 'pidfd_getfd'],
  ...['io_setup', 'mbind', 'set_mempolicy', 'mq_open', 'vmsplice', 'tee'],
  ...['init_module', 'finit_module', 'delete_module', 'kexec_load', 'kexec_file_load', 'reboot', 'swapon'],
];

/**
 * Docker's own list, and what else tells of the host or counts what others do on it: the other engine shows the rest of
 * /proc alone, and no /sys at all. /proc/stat stays: programs count processors with it, and nothing can stand in its place here.
 * What a kernel does not have is left out by the runtime.
 */
const MASKED_PATHS = [
  ...['asound', 'acpi', 'interrupts', 'kcore', 'keys', 'latency_stats', 'timer_list', 'timer_stats'],
  ...[
    'sched_debug',
    'scsi',
    'allocinfo',
    'bootconfig',
    'buddyinfo',
    'bus',
    'cgroups',
    'cmdline',
    'config.gz',
  ],
  ...[
    'consoles',
    'crypto',
    'devices',
    'diskstats',
    'dma',
    'driver',
    'dynamic_debug',
    'execdomains',
    'fb',
    'fs',
  ],
  ...[
    'iomem',
    'ioports',
    'irq',
    'kallsyms',
    'key-users',
    'locks',
    'lockdep',
    'lockdep_stats',
    'mdstat',
    'misc',
  ],
  ...[
    'modules',
    'mtrr',
    'pagetypeinfo',
    'partitions',
    'pressure',
    'schedstat',
    'slabinfo',
    'softirqs',
    'spl',
  ],
  ...['swaps', 'vmallocinfo', 'vmstat', 'xen', 'zoneinfo', 'sys/dev', 'sys/kernel/pty'],
  ...[
    'sys/fs/aio-nr',
    'sys/fs/dentry-state',
    'sys/fs/file-nr',
    'sys/fs/inode-nr',
    'sys/fs/inode-state',
    'sys/fs/quota',
  ],
  'sys/kernel/random/boot_id',
]
  .map((name) => `/proc/${name}`)
  .concat(
    ...['block', 'bus', 'class', 'dev', 'devices', 'firmware', 'hypervisor', 'kernel', 'module', 'power'].map(
      (name) => `/sys/${name}`,
    ),
    // What file systems say of the host's disks.
    ...[
      'bcache',
      'bpf',
      'btrfs',
      'erofs',
      'ext4',
      'f2fs',
      'fuse',
      'nilfs2',
      'pstore',
      'resctrl',
      'xfs',
      'zfs',
    ].map((name) => `/sys/fs/${name}`),
  );

/** Where the supervisor reads what its cgroup counts; a container sees its own group and no other. */
const CGROUP_FILES = {
  1: [
    'cpu=/sys/fs/cgroup/cpuacct/cpuacct.usage',
    'oom=/sys/fs/cgroup/memory/memory.oom_control',
    'peak=/sys/fs/cgroup/memory/memory.max_usage_in_bytes',
  ],
  2: ['cpu=/sys/fs/cgroup/cpu.stat', 'oom=/sys/fs/cgroup/memory.events', 'peak=/sys/fs/cgroup/memory.peak'],
} as const;

export interface ContainerSpec {
  image: string;
  limits: Limits;
  /** OCI runtime; undefined: the daemon's default. */
  runtime: string | undefined;
  cgroupVersion: 1 | 2;
  /** Mark of this runner. */
  mark: string;
}

/** What of the limits can be changed while a container runs. */
export function changeableLimits(limits: Limits) {
  const memory = limits.memory_bytes + SUPERVISOR_BYTES;
  return {
    Memory: memory,
    MemorySwap: memory, // the sum of both: no swap
    PidsLimit: limits.processes + SUPERVISOR_PROCESSES,
  };
}

/** As `changeableLimits`, as far as the runtime's own start allows. */
export function startingLimits(limits: Limits) {
  return changeableLimits({ ...limits, memory_bytes: Math.max(limits.memory_bytes, START_BYTES) });
}

/** Options of the tmpfs mounts, by path: together never more than `files_bytes`, nor more inodes than it is worth. */
export function fileSystems(files_bytes: number): Record<string, string> {
  const share = (whole: number, sixteenths: number) => Math.floor((whole * sixteenths) / SIXTEENTHS);
  return Object.fromEntries(
    PLACES.map(({ path, sixteenths, options }) => {
      const pages = Math.max(1, Math.floor(share(files_bytes, sixteenths) / PAGE_BYTES));
      const inodes = share(inodesFor(files_bytes), sixteenths);
      return [path, `rw,exec,nosuid,nodev,size=${pages * PAGE_BYTES},nr_inodes=${inodes},${options}`];
    }),
  );
}

export function containerOptions({
  image,
  limits,
  runtime,
  cgroupVersion,
  mark,
}: ContainerSpec): ContainerCreateOptions {
  const hostConfig: HostConfig & { CgroupnsMode: 'private' } = {
    ...(runtime === undefined ? {} : { Runtime: runtime }),
    NetworkMode: 'none',
    IpcMode: 'private',
    CgroupnsMode: 'private',
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    CapAdd: CAPABILITIES,
    SecurityOpt: ['no-new-privileges', `seccomp=${seccompProfile()}`],
    MaskedPaths: MASKED_PATHS,
    Tmpfs: fileSystems(limits.files_bytes),
    ...startingLimits(limits),
    CpuShares: CPU_SHARES,
    OomScoreAdj: OOM_SCORE_ADJUSTMENT,
    // Of one byte: with 0 the kernel would still start a crash handler of the host.
    Ulimits: [{ Name: 'core', Soft: 1, Hard: 1 }],
    // Output is the supervisor's to report; a log would put it on the host's disk.
    LogConfig: { Type: 'none', Config: {} },
    Init: false,
    // We remove it, after it was asked why it ended.
    AutoRemove: false,
  };
  return {
    Image: image,
    Entrypoint: [SUPERVISOR_PATH],
    Cmd: [...CGROUP_FILES[cgroupVersion]],
    User: '0:0',
    WorkingDir: BOX_DIR,
    Hostname: 'sandbox',
    Labels: { [RUNNER_LABEL]: mark },
    // The supervisor's stdin ends with our connection: a killed runner's sandboxes end by themselves.
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    Tty: false,
    // Its own empty network namespace. With `NetworkMode: none` alone the daemon also calls itself as a hook to
    // set up what is then not there, which doubles the time of a start.
    NetworkDisabled: true,
    // Whatever the image says.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: hostConfig,
  };
}

function seccompProfile(): string {
  return JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names: SYSTEM_CALLS_REFUSED, action: 'SCMP_ACT_ERRNO' }],
  });
}
