import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Limits } from '@runbin/contracts/limits';
import { BubblewrapEngine } from '../sandbox/bubblewrap.engine';
import type { SandboxEngine } from '../sandbox/sandbox';
import { brokenWalls } from './walls';

const PROFILE = { language: 'bash', mounts: [] };
const PROBE = 'dist/probe';
const SOURCES = 'apps/runner/supervisor';

let directory: string;

beforeAll(() => {
  // Sandboxes' users start what stands here.
  directory = mkdtempSync(join(tmpdir(), 'walls-'));
  chmodSync(directory, 0o755);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const engineOf = (options: Partial<ConstructorParameters<typeof BubblewrapEngine>[0]> = {}) =>
  new BubblewrapEngine({
    bwrapPath: 'bwrap',
    supervisorPath: 'dist/supervisor',
    launcherPath: 'dist/launcher',
    uidBase: 64_000,
    cgroupDir: undefined,
    ...options,
  });

async function tryWalls(
  engine: SandboxEngine,
  decorate = (plain: SandboxEngine) => plain,
): Promise<string[]> {
  await engine.start();
  try {
    return await brokenWalls(decorate(engine), PROFILE, PROBE);
  } finally {
    await engine.stop();
  }
}

/** A bwrap that edits the arguments it is given. In `from` and `to`, every argument ends in a NUL. */
function editedBwrap(name: string, from: string, to: string): string {
  const path = join(directory, `bwrap-${name.replaceAll(/\W/g, '-')}`);
  const quoted = (text: string) => `"${text.replaceAll('\0', '\\x{0}').replaceAll('$', '\\$')}"`;
  writeFileSync(
    path,
    `#!/usr/bin/perl
if ($ARGV[0] eq '--version') { exec '${bwrapPath()}', @ARGV }
my $text = join("\\0", @ARGV) . "\\0";
my $at = index($text, ${quoted(from)}); die 'nothing to edit' if $at < 0;
substr($text, $at, length(${quoted(from)})) = ${quoted(to)};
exec '${bwrapPath()}', split(/\\0/, $text);
`,
  );
  chmodSync(path, 0o755);
  return path;
}

const bwrapPath = () => execFileSync('sh', ['-c', 'command -v bwrap']).toString().trim();

/** A supervisor of the same sources, in which some functions are replaced: calls of `f` reach `__wrap_f`. */
function supervisorWithout(name: string, functions: string[], stubs: string): string {
  const path = join(directory, `supervisor-${name.replaceAll(/\W/g, '-')}`);
  const sources = readdirSync(SOURCES).filter((file) => file.endsWith('.c'));
  const stub = `${path}.c`;
  writeFileSync(stub, `#include <stdarg.h>\n#include <stddef.h>\n#include <sys/prctl.h>\n${stubs}`);
  execFileSync('gcc', [
    ...['-static', '-O1', '-std=gnu11', '-w', '-o', path, stub],
    ...sources.map((file) => join(SOURCES, file)),
    ...functions.map((replaced) => `-Wl,--wrap=${replaced}`),
  ]);
  return path;
}

/** prctl that leaves one option undone and says that it was done. */
const prctlWithout = (option: string) => `
int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  return option == ${option} ? 0 : __real_prctl(option, a, b, c, d);
}`;

/** mount that forgets one option of the writable file systems. */
const mountWithout = (option: string) => `
#include <string.h>
int __real_mount(const char *s, const char *t, const char *f, unsigned long flags, const void *data);
int __wrap_mount(const char *s, const char *t, const char *f, unsigned long flags, const void *data) {
  char text[256] = "";
  if (data) {
    strncpy(text, data, sizeof text - 1);
    char *at = strstr(text, "${option}="), *end = at ? strchr(at, ',') : NULL;
    if (end) memmove(at, end + 1, strlen(end)); else if (at) *at = 0;
  }
  return __real_mount(s, t, f, flags, data ? text : NULL);
}`;

it('hold', async () => {
  expect(await tryWalls(engineOf())).toEqual([]);
});

it('hold without a cgroup', async () => {
  expect(await tryWalls(engineOf({ cgroupDir: '/nonexistent' }))).toEqual([]);
});

const UNUSUAL_DEVICE = ['/dev/kmsg', '/dev/fuse', '/dev/console', '/dev/loop-control'].find(existsSync);

describe('a sandbox made by other rules than ours', () => {
  it.each([
    ['shares the network', '--unshare-net\0', '', 'own network: '],
    ['shares the network namespace', '--unshare-net\0', '', 'own namespaces: shares net:'],
    ['shares the IPC objects', '--unshare-ipc\0', '', 'own namespaces: shares ipc:'],
    [
      'shares the host name',
      '--unshare-uts\0--unshare-cgroup\0--uid\0' + '1000\0--gid\0' + '1000\0--hostname\0sandbox\0',
      '--unshare-cgroup\0--uid\0' + '1000\0--gid\0' + '1000\0',
      'own namespaces: shares uts:',
    ],
    ['shares the view of cgroups', '--unshare-cgroup\0', '', 'own namespaces: shares cgroup:'],
    ['sees the processes of the host', '--proc\0/proc\0', '--bind\0/proc\0/proc\0', 'own processes: '],
    ['has root inside', '--uid\0' + '1000\0', '--uid\0' + '0\0', 'unprivileged user: root inside'],
    ['has a root that can be written', '--remount-ro\0/\0', '', 'read-only file system: /'],
    ['has a directory of the host', '--ro-bind\0/usr\0', '--bind\0/usr\0', 'read-only file system: /usr'],
    ['has an environment', '--proc\0', '--setenv\0SECRET\0x\0--proc\0', 'SECRET'],
    ['is not a process namespace of its own', '--unshare-pid\0', '', /not process 1|as-pid-1/],
    ...(UNUSUAL_DEVICE
      ? [
          [
            'has a device of the host',
            '--dir\0/tmp\0',
            `--dev-bind\0${UNUSUAL_DEVICE}\0${UNUSUAL_DEVICE}\0--dir\0/tmp\0`,
            `few devices: ${UNUSUAL_DEVICE}`,
          ] as const,
        ]
      : []),
  ] as const)('%s', async (name, from, to, finding) => {
    const broken = await tryWalls(engineOf({ bwrapPath: editedBwrap(name, from, to) }));
    expect(broken).toContainEqual(
      typeof finding === 'string' ? expect.stringContaining(finding) : expect.stringMatching(finding),
    );
  });

  // Who is not root can not make a sandbox that is.
  if (process.getuid?.() === 0) {
    it('runs as root of the host', async () => {
      const broken = await tryWalls(engineOf({ uidBase: 0 }));
      expect(broken).toContainEqual(expect.stringContaining('unprivileged user: root outside'));
    });
  }
});

describe('a supervisor', () => {
  it.each([
    [
      'without the filter',
      ['seccomp_load'],
      'int __wrap_seccomp_load(void) { return 0; }',
      'system call filter: ',
    ],
    [
      'that keeps its capabilities',
      ['drop_capabilities'],
      'void __wrap_drop_capabilities(void) { prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }',
      'no capabilities: ',
    ],
    ['that keeps the bounding set', ['prctl'], prctlWithout('PR_CAPBSET_DROP'), 'no capabilities: CapBnd'],
    [
      'that can be looked into',
      ['prctl'],
      prctlWithout('PR_SET_DUMPABLE'),
      'supervisor closed to the program: ',
    ],
    [
      'that allows user namespaces',
      ['forbid_user_namespaces'],
      'void __wrap_forbid_user_namespaces(void) {}',
      'no further user namespaces: ',
    ],
    ['that does not bound bytes', ['mount'], mountWithout('size'), 'bounded files: /box has'],
    ['that does not bound inodes', ['mount'], mountWithout('nr_inodes'), 'bounded files: /box has'],
    [
      'without resource limits',
      ['setrlimit'],
      'int __wrap_setrlimit(int r, const void *l) { return 0; }',
      'resource limits: ',
    ],
    [
      'that leaves the program out of its cgroup',
      ['write'],
      `long __real_write(int fd, const char *data, size_t size);
       long __wrap_write(int fd, const char *data, size_t size) {
         return size == 1 && *data == '0' ? 1 : __real_write(fd, data, size);
       }`,
      'bounded memory: ',
    ],
  ])('%s', async (name, functions, stubs, finding) => {
    const broken = await tryWalls(engineOf({ supervisorPath: supervisorWithout(name, functions, stubs) }));
    expect(broken).toContainEqual(expect.stringContaining(finding));
  });

  it('that closes nothing hands a forgotten descriptor on', async () => {
    const supervisorPath = supervisorWithout(
      'that closes nothing',
      ['close_strangers', 'syscall'],
      `#include <sys/syscall.h>
       void __wrap_close_strangers(void) {}
       long __real_syscall(long n, long a, long b, long c, long d, long e);
       long __wrap_syscall(long n, long a, long b, long c, long d, long e) {
         return n == SYS_close_range ? 0 : __real_syscall(n, a, b, c, d, e);
       }`,
    );
    const bwrap = join(directory, 'bwrap-forgets');
    writeFileSync(bwrap, `#!/bin/sh\nexec 9</etc/hostname\nexec ${bwrapPath()} "$@"\n`);
    chmodSync(bwrap, 0o755);
    const broken = await tryWalls(engineOf({ bwrapPath: bwrap, supervisorPath }));
    expect(broken).toContainEqual(expect.stringContaining('nothing inherited: descriptor'));
  });

  it('that is ours lets no forgotten descriptor through', async () => {
    const forgotten = openSync('/etc/hostname', 'r');
    const bwrap = join(directory, 'bwrap-forgets-too');
    writeFileSync(bwrap, `#!/bin/sh\nexec 9</etc/hostname\nexec ${bwrapPath()} "$@"\n`);
    chmodSync(bwrap, 0o755);
    try {
      expect(await tryWalls(engineOf({ bwrapPath: bwrap }))).toEqual([]);
    } finally {
      closeSync(forgotten);
    }
  });
});

describe('an engine that forgets a limit', () => {
  const MANY = { processes: 256, memory_bytes: 1024 ** 3, files_bytes: 64 * 1024 ** 2 };

  /** Gives its sandboxes more of one thing than it was asked to. */
  const generous = (more: Partial<Limits>) => (engine: SandboxEngine) => {
    const take: SandboxEngine['take'] = async (profile, limits) => {
      const sandbox = await engine.take(profile, { ...limits, ...more });
      const run = sandbox.run.bind(sandbox);
      sandbox.run = (stage, ...rest) => run({ ...stage, limits: { ...stage.limits, ...more } }, ...rest);
      return sandbox;
    };
    return Object.assign(Object.create(engine) as SandboxEngine, { take });
  };

  it.each([
    ['bounded memory', { memory_bytes: MANY.memory_bytes }],
    ['bounded processes', { processes: MANY.processes }],
    ['bounded files', { files_bytes: MANY.files_bytes }],
    ['bounded output', { output_bytes: 1024 ** 2 }],
    ['bounded CPU time', { cpu_time_ms: 30_000 }],
    ['bounded wall time', { wall_time_ms: 60_000 }],
  ])('%s', async (wall, more) => {
    const broken = await tryWalls(engineOf(), generous(more));
    expect(broken).toContainEqual(expect.stringContaining(`${wall}: `));
  });
});
