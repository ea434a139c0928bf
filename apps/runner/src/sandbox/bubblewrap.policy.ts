import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { BOX_DIR } from '@runbin/languages/language';

/**
 * What a program finds around it: the policy of the bubblewrap engine, one reason per line. The rest of the
 * walls are the supervisor's (writable file systems, capabilities, system calls) and the cgroup's (memory,
 * processes, CPU). There is no way to switch any of it off.
 */

/** uid and gid inside; outside it is the sandbox's own unprivileged uid. */
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

/** Arguments of bwrap, up to the command. `mounts` are host paths that exist, also below the /etc of ours. */
export function bubblewrapArguments(host: HostPaths, mounts: readonly string[]): string[] {
  const readOnly = (source: string, target = source) => ['--ro-bind', source, target];
  return [
    // Own everything. The user namespace comes first: it is what makes the others possible without privilege.
    ...[
      '--unshare-user',
      '--unshare-pid',
      '--unshare-net',
      '--unshare-ipc',
      '--unshare-uts',
      '--unshare-cgroup',
    ],
    ...['--uid', String(INSIDE_UID), '--gid', String(INSIDE_UID), '--hostname', 'sandbox'],
    // Killed with the runner; no controlling terminal to type into; the supervisor is PID 1 itself.
    ...['--die-with-parent', '--new-session', '--as-pid-1'],
    // Over this namespace only, and only until the supervisor has mounted and dropped them (S2, ADR 0003).
    ...[
      '--cap-drop',
      'ALL',
      '--cap-add',
      'CAP_SYS_ADMIN',
      '--cap-add',
      'CAP_SETPCAP',
      '--cap-add',
      'CAP_SYS_RESOURCE',
    ],

    ...readOnly('/usr'),
    ...TOP_LEVEL.filter(existsSync).flatMap((path) =>
      lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : readOnly(path),
    ),
    // All of it at once: seven files would be seven mounts, a millisecond of every sandbox.
    ...readOnly(join(host.runtimeDir, 'etc'), '/etc'),
    ...mounts.flatMap((path) => readOnly(path)),
    ...readOnly(join(host.runtimeDir, 'supervisor'), SUPERVISOR_PATH),
    ...(host.node === undefined ? [] : readOnly(host.node, `${FALLBACK_BIN}/node`)),

    ...['--proc', '/proc'],
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
