import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
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
const FALLBACK_BIN = '/opt/runbin/bin';
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

/** Of the host's /etc, because programs below /usr are found or linked through it. */
export const ETC_OF_HOST = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/localtime'];
const TOP_LEVEL = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** `tty` leads to one's own terminal; where there is none it can not be opened. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

export interface HostPaths {
  /** Directory that every sandbox uid can read, with `supervisor` and what is /etc inside. */
  runtimeDir: string;
  /** Our own Node, readable by every sandbox uid; bound where the system has none. */
  node: string | undefined;
}

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
  return [
    ...(ownId ? ['--unshare-user', '--uid', String(ownId.uid), '--gid', String(ownId.gid)] : []),
    // A /proc with nobody in it: sandboxes cover it with their own, and can mount that only where there is one.
    ...['--unshare-pid', '--as-pid-1', '--proc', '/proc'],
    // It lives for a moment, under the launcher, and runs nothing of anybody's.
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],

    ...readOnly('/usr'),
    ...TOP_LEVEL.filter(existsSync).flatMap((path) =>
      lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : readOnly(path),
    ),
    // All of it at once: seven files would be seven mounts, a millisecond of every sandbox.
    ...readOnly(join(host.runtimeDir, 'etc'), '/etc'),
    ...mounts.flatMap((path) => readOnly(path)),
    ...readOnly(join(host.runtimeDir, 'supervisor'), SUPERVISOR_PATH),
    ...(host.node === undefined ? [] : readOnly(host.node, `${FALLBACK_BIN}/node`)),

    ...['--size', String(DEV_TMPFS_BYTES), '--tmpfs', '/dev'],
    ...DEVICES.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
    ...['--symlink', '/proc/self/fd', '/dev/fd', '--symlink', '/proc/self/fd/0', '/dev/stdin'],
    ...['--symlink', '/proc/self/fd/1', '/dev/stdout', '--symlink', '/proc/self/fd/2', '/dev/stderr'],
    // Mount point of the terminal, where a run asks for one. There are no others, and so no /dev/ptmx.
    ...['--dir', '/dev/pts'],
    // Mount points of the writable file systems; everything else is read-only from here on (S3).
    ...['--dir', '/dev/shm', '--dir', '/tmp', '--dir', BOX_DIR],
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
  ];
}

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
