import { existsSync, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BOX_DIR } from '@runbin/languages/language';

/**
 * What a program finds around it: the policy of the bubblewrap engine, one reason per line. Each sandbox gets a clone of
 * it with namespaces and two host uids of its own (launcher/view.c). The rest of the walls are the supervisor's (writable file
 * systems, capabilities, system calls) and the cgroup's (memory, processes, CPU). There is no way to switch any of it off.
 */

/**
 * uid and gid of the program inside, also in view.c and the supervisor's ids.h, as is the supervisor's, 1001; outside both are the
 * sandbox's own unprivileged uids.
 */
export const INSIDE_UID = 1000;
export const SUPERVISOR_PATH = '/.supervisor';
/** Where our own Node stands when the system has none; last on the PATH. */
export const FALLBACK_BIN = '/opt/runbin/bin';
export const SANDBOX_PATH = `/usr/local/bin:/usr/bin:/bin:${FALLBACK_BIN}`;
const DEV_TMPFS_BYTES = 64 * 1024;

/** What every program's environment starts from; nothing of ours is inherited. */
export const BASE_ENV: Readonly<Record<string, string>> = {
  PATH: SANDBOX_PATH,
  HOME: '/tmp',
  TMPDIR: '/tmp',
  LANG: 'C.UTF-8',
};

/** Files that we put into /etc instead of the host's: nothing of the host's users or network shows. */
export const ETC_FILES: Readonly<Record<string, string>> = {
  passwd: `root:x:0:0:root:/:/usr/sbin/nologin\nrunbin:x:${INSIDE_UID}:${INSIDE_UID}:runbin:/tmp:/bin/sh\n`,
  group: `root:x:0:\nrunbin:x:${INSIDE_UID}:\n`,
  hosts: '127.0.0.1 localhost\n::1 localhost\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
};

/**
 * Of /proc, because programs count processors, measure memory and draw tables with it. All else is empty: it tells of the
 * host and of what others do on it.
 */
const PROC_SHOWN = [
  ...['self', 'thread-self', 'mounts', 'net', 'sys', 'sysvipc', 'tty', 'filesystems', 'version'],
  ...['cpuinfo', 'meminfo', 'loadavg', 'uptime', 'stat'],
];

/** What of the host's a sandbox may have to share, as `degraded` names it: it can be watched and locked from there. */
export const SHARED = { files: 'inodes of the host', devices: 'device nodes of the host' };

/** Files and directories of /proc that are replaced, each by one of the same name: programs want something there. */
export const PROC_REPLACED = ['/proc/stat', '/proc/sys/kernel/random/boot_id', '/proc/sys/fs'];

/** Of /proc/sys, where nearly all is a setting: what counts, and drives. */
const SYS_HIDDEN = ['/proc/sys/kernel/pty/', '/proc/sys/dev/'];

/** Of /proc/sys/fs, which has counters as well: what programs look up. */
export const FS_SETTINGS = [
  'file-max',
  'nr_open',
  'pipe-max-size',
  'inotify/max_user_instances',
  'inotify/max_user_watches',
];

/** The kernel's own, for all of them alike. */
export const BOOT_ID = '00000000-0000-4000-8000-000000000000';

/** Of the host's /etc, because programs below /usr are found or linked through it. */
export const ETC_OF_HOST = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/localtime'];
const TOP_LEVEL = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** `tty` leads to one's own terminal; where there is none it can not be opened. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/** devices.c makes them beside nodes of a sandbox's own. */
const DEVICE_LINKS = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
};

export interface HostPaths {
  /**
   * Directory that every sandbox uid can read, with `supervisor` and `layer`: what a sandbox's root has beside the host's
   * directories, and below PROC_INSTEAD what stands for files of the kernel's.
   */
  runtimeDir: string;
  /** Our own Node stands in the layer, where the system has none. */
  hasOwnNode: boolean;
  /** Where the device nodes of each sandbox are; undefined: they are the host's. */
  devicesDir: string | undefined;
}

/** In the layer; rootfs.c has the names, too. Covered by the writable box before a program runs. */
export const PROC_INSTEAD = `${BOX_DIR}/proc`;
/** In the view, for the launcher alone. */
const LAYER = `${BOX_DIR}/layer`;
const NOTHING = `${BOX_DIR}/nothing`;
/** Empty, each a file system of its own (rootfs.c). */
const FILLERS = [`${BOX_DIR}/empty`, `${BOX_DIR}/void`];
const DEVICES_DIR = `${BOX_DIR}/devices`;
export const SUPERVISOR_IN_VIEW = `${BOX_DIR}/supervisor`;

/**
 * Arguments of the bwrap that makes what sandboxes see.
 * @param mounts host paths that exist, also below the /etc of ours
 * @param ownId our uid and gid, where it takes a user namespace; undefined: it is started as root of one
 */
export function bubblewrapArguments(
  host: HostPaths,
  mounts: readonly string[],
  ownId: { uid: number; gid: number } | undefined,
): string[] {
  // What stands above a mount is for whoever runs inside to pass: left to bwrap, it would be for its own user alone.
  const readOnly = (source: string, target = source) => [
    ...parentsOf(target).flatMap((directory) => ['--dir', directory]),
    ...['--ro-bind', source, target],
  ];
  const layer = join(host.runtimeDir, 'layer');
  return [
    ...(ownId ? ['--unshare-user', '--uid', String(ownId.uid), '--gid', String(ownId.gid)] : []),
    // A /proc with nobody in it: sandboxes cover it with their own, and can mount that only where there is one.
    ...['--unshare-pid', '--as-pid-1', '--proc', '/proc'],
    // It lives for a moment, under the launcher, and runs nothing of anybody's.
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],

    ...readOnly('/usr'),
    ...TOP_LEVEL.filter(existsSync).flatMap((path) =>
      isLink(path) ? ['--symlink', readlinkSync(path), path] : readOnly(path),
    ),
    // All of it at once: seven files would be seven mounts, a millisecond of every sandbox.
    ...readOnly(join(layer, 'etc'), '/etc'),
    ...mounts.flatMap((path) => readOnly(path)),
    ...(host.hasOwnNode ? readOnly(join(layer, 'opt'), '/opt') : []),

    ...['--size', String(DEV_TMPFS_BYTES), '--tmpfs', '/dev'],
    ...(host.devicesDir === undefined
      ? DEVICES.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`])
      : []),
    ...Object.entries(DEVICE_LINKS).flatMap(([name, target]) => ['--symlink', target, `/dev/${name}`]),
    // Mount point of the terminal, where a run asks for one. There are no others, and so no /dev/ptmx.
    ...['--dir', '/dev/pts'],
    // Mount points of the writable file systems; everything else is read-only from here on (S3).
    ...['--dir', '/dev/shm', '--dir', '/tmp', '--dir', BOX_DIR],
    // For the launcher, which makes roots of all this (rootfs.c).
    ...readOnly(layer, LAYER),
    ...readOnly(join(host.runtimeDir, 'supervisor'), SUPERVISOR_IN_VIEW),
    ...(host.devicesDir === undefined ? [] : ['--dev-bind', host.devicesDir, DEVICES_DIR]),
    ...['--dir', NOTHING],
    ...FILLERS.flatMap((path) => ['--tmpfs', path, '--remount-ro', path]),
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
  ];
}

/**
 * The steps from what bwrap made to the root of a sandbox, as rootfs.h has them.
 * @param mounts as for `bubblewrapArguments`
 */
export function rootSteps(mounts: readonly string[]): string[] {
  return [
    ...[...directoriesOfHost(), ...mounts.filter(isDirectory)].map((path) => `c${path}`),
    ...[...hiddenOfProc(), ...SYS_HIDDEN].map((path) => `h${path}`),
    ...PROC_REPLACED.map((path) => `f${path}`),
  ];
}

/** Directories that are shown as they are on the host. */
function directoriesOfHost(): string[] {
  return ['/usr', ...TOP_LEVEL.filter((path) => existsSync(path) && !isLink(path))];
}

/** Of those, what something else is mounted in: no overlay can be made of it. */
export function sharedDirectories(mountPoints: readonly string[]): string[] {
  return directoriesOfHost().filter((path) => mountPoints.some((point) => point.startsWith(`${path}/`)));
}

/** Links and mount points of a sandbox's root: name → where a link leads, or what is to be there. */
export function rootEntries(): { links: Record<string, string>; directories: string[]; files: string[] } {
  const topLinks = TOP_LEVEL.filter((path) => existsSync(path) && isLink(path));
  return {
    links: {
      ...Object.fromEntries(topLinks.map((path) => [path, readlinkSync(path)])),
      ...Object.fromEntries(Object.entries(DEVICE_LINKS).map(([name, target]) => [`/dev/${name}`, target])),
    },
    directories: [...directoriesOfHost(), '/proc', '/dev/pts', '/dev/shm', '/tmp', BOX_DIR],
    files: DEVICES.map((name) => `/dev/${name}`),
  };
}

/** What this kernel has in /proc, and a program could read. Directories end in a slash. */
function hiddenOfProc(): string[] {
  // By name first: the directories of processes are gone when the processes are.
  return readdirSync('/proc')
    .filter((name) => !/^\d/.test(name) && !PROC_SHOWN.includes(name))
    .map((name) => ({ path: `/proc/${name}`, entry: lstatSync(`/proc/${name}`) }))
    .filter(({ path }) => statSync(path).mode & 0o004)
    .map(({ path, entry }) => `${path}${entry.isDirectory() ? '/' : ''}`);
}

/** /proc/stat with every count at nothing; when the machine was started can be worked out from /proc/uptime. */
export function uncounted(stat: string): string {
  return stat.replaceAll(
    /^(?!btime)(\S+)(.*)$/gm,
    (_, name: string, counts: string) => name + counts.replaceAll(/\d+/g, '0'),
  );
}

export const isDirectory = (path: string) => statSync(path).isDirectory();
const isLink = (path: string) => lstatSync(path).isSymbolicLink();

/** From the top down, without the root. */
function parentsOf(path: string): string[] {
  const segments = path.split('/').slice(1, -1);
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`);
}

/** Existing paths that match, one `*` a segment standing for any characters; another release's simply are not there. */
export function existingPaths(pattern: string): string[] {
  return pattern
    .split('/')
    .slice(1)
    .reduce<string[]>((found, segment) => found.flatMap((directory) => matches(directory, segment)), ['/']);
}

function matches(directory: string, segment: string): string[] {
  if (!segment.includes('*')) return [join(directory, segment)].filter(existsSync);
  const [start = '', end = ''] = segment.split('*');
  return readdirSync(directory)
    .filter((name) => name.startsWith(start) && name.endsWith(end))
    .map((name) => join(directory, name));
}
