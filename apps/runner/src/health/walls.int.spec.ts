import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { DEFAULT_LIMITS, type Limits } from '@runbin/contracts/limits';
import { BubblewrapEngine } from '../sandbox/bubblewrap.engine';
import type { SandboxEngine } from '../sandbox/sandbox';
import { runIn } from '../../test/sandbox.engine.suite';
import { brokenWalls } from './walls';

const PROFILE = { language: 'bash', mounts: [] };
const PROBE = 'dist/probe';
const SUPERVISOR_SOURCES = 'apps/runner/supervisor';
const LAUNCHER_SOURCES = 'apps/runner/launcher';

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
    launcherSocket: undefined,
    uidBase: 64_000,
    cgroupDir: undefined,
    runtimeDir: undefined,
    ...options,
  });

async function whileStarted<T>(engine: SandboxEngine, use: () => Promise<T>): Promise<T> {
  await engine.start();
  try {
    return await use();
  } finally {
    await engine.stop();
  }
}

const tryWalls = (engine: SandboxEngine, decorate = (plain: SandboxEngine) => plain) =>
  whileStarted(engine, () => brokenWalls(decorate(engine), PROFILE, PROBE));

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

/** A program of the same sources, in which some functions are replaced: calls of `f` reach `__wrap_f`. */
function programWithout(sources: string, name: string, functions: readonly string[], stubs: string): string {
  const path = join(directory, `${basename(sources)}-${name.replaceAll(/\W/g, '-')}`);
  const stub = `${path}.c`;
  writeFileSync(
    stub,
    `#define _GNU_SOURCE\n#include <stdarg.h>\n#include <stddef.h>\n#include <sys/prctl.h>\n${stubs}`,
  );
  execFileSync('gcc', [
    ...['-static', ...COMPILED, '-o', path, stub],
    ...objectsOf(sources),
    ...functions.map((replaced) => `-Wl,--wrap=${replaced}`),
  ]);
  return path;
}

const COMPILED = ['-O1', '-std=gnu11', '-w'];
const objects = new Map<string, string[]>();

/** The object files of these sources: compiled once, linked by each test. */
function objectsOf(sources: string): string[] {
  const known = objects.get(sources);
  if (known) return known;
  const files = readdirSync(sources).filter((file) => file.endsWith('.c'));
  const made = files.map((file) => join(directory, `${basename(sources)}-${basename(file, '.c')}.o`));
  files.forEach((file, at) =>
    execFileSync('gcc', [...COMPILED, '-c', '-o', made[at] ?? '', join(sources, file)]),
  );
  objects.set(sources, made);
  return made;
}

const supervisorWithout = (name: string, functions: readonly string[], stubs: string) =>
  programWithout(SUPERVISOR_SOURCES, name, functions, stubs);
const launcherWithout = (name: string, functions: readonly string[], stubs: string) =>
  programWithout(LAUNCHER_SOURCES, name, functions, stubs);

/** clone that makes process 1 of a sandbox without one kind of namespace. */
const cloneWithout = (flag: string) => `
#include <sched.h>
#include <sys/syscall.h>
long __real_syscall(long n, long a, long b, long c, long d, long e);
long __wrap_syscall(long n, long a, long b, long c, long d, long e) {
  return __real_syscall(n, n == SYS_clone && (a & CLONE_NEWUTS) ? a & ~(long)${flag} : a, b, c, d, e);
}`;

/** A step of process 1 that does nothing, and says that it was done. */
const noMountAt = (prefix: string) => `
#include <string.h>
int __real_mount(const char *s, const char *t, const char *f, unsigned long flags, const void *data);
int __wrap_mount(const char *s, const char *t, const char *f, unsigned long flags, const void *data) {
  return strncmp(t, "${prefix}", ${prefix.length}) == 0 ? 0 : __real_mount(s, t, f, flags, data);
}`;
const NO_PROC = noMountAt('/proc');
/** What is written to bound pools goes nowhere. */
const NO_BOUNDS = `
int __real_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...) {
  return __real_openat(directory, strncmp(path, "/proc/sys/user/", 15) == 0 ? "/dev/null" : path, flags);
}`;
const NO_LOOPBACK = 'int __wrap_ioctl(void) { return 0; }';
const NO_HOST_NAME = 'int __wrap_sethostname(void) { return 0; }';

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

/** mount that shows what is to have inodes of its own as it is in the view. */
const NO_OVERLAY = `
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
int __real_mount(const char *s, const char *t, const char *f, unsigned long flags, const void *data);
int __wrap_mount(const char *s, const char *t, const char *f, unsigned long flags, const void *data) {
  if (f == NULL || strcmp(f, "overlay") != 0 || strcmp(t, "/usr") == 0) return __real_mount(s, t, f, flags, data);
  char shown[256];
  return sscanf(data, "%*[^:]:%255[^:]", shown) == 1 ? __real_mount(shown, t, NULL, MS_BIND | MS_REC, NULL) : -1;
}`;

describe('a sandbox made by other rules than ours', () => {
  it.each([
    ['has a root that can be written', '/box\0--ro-bind\0', '/box\0--bind\0', 'read-only file system: /'],
    ['has a directory of the host', '--ro-bind\0/usr\0', '--bind\0/usr\0', 'read-only file system: /usr'],
  ] as const)('%s', async (name, from, to, finding) => {
    const bwrapPath = editedBwrap(name, from, to);
    const broken = await tryWalls(
      engineOf({ bwrapPath, launcherPath: launcherWithout(name, ['mount'], NO_OVERLAY) }),
    );
    expect(broken).toContainEqual(expect.stringContaining(finding));
  });

  it('has no /proc that its own could cover', async () => {
    const bwrapPath = editedBwrap('no proc', '--proc\0/proc\0', '--tmpfs\0/proc\0');
    expect(await tryWalls(engineOf({ bwrapPath }))).toEqual([expect.stringContaining('mount of /proc: ')]);
  });

  // Who is not root can not make a sandbox that is; who is can not either.
  if (process.getuid?.() === 0) {
    it('runs as root of the host', async () => {
      expect(await tryWalls(engineOf({ uidBase: 0 }))).toEqual([expect.stringContaining('set up')]);
    });
  }
});

describe('a launcher', () => {
  it.each([
    ['that shares the network', ['syscall'], cloneWithout('CLONE_NEWNET'), 'loopback: '],
    [
      'that shares the network, and its loopback',
      ['syscall', 'ioctl'],
      cloneWithout('CLONE_NEWNET') + NO_LOOPBACK,
      /own network: |own namespaces: shares net:/,
    ],
    ['that shares the IPC objects', ['syscall'], cloneWithout('CLONE_NEWIPC'), 'own namespaces: shares ipc:'],
    ['that shares the host name', ['syscall'], cloneWithout('CLONE_NEWUTS'), 'sethostname: '],
    [
      'that shares the host name, whatever it is',
      ['syscall', 'sethostname'],
      cloneWithout('CLONE_NEWUTS') + NO_HOST_NAME,
      'own namespaces: shares uts:',
    ],
    ['that shares the mounts', ['syscall'], cloneWithout('CLONE_NEWNS'), 'mount of /proc: '],
    [
      'that shares the mounts, and mounts nothing',
      ['syscall', 'mount'],
      cloneWithout('CLONE_NEWNS') + NO_PROC,
      'mount of /box: ',
    ],
    ['that shares the processes', ['syscall'], cloneWithout('CLONE_NEWPID'), 'mount of /proc: '],
    [
      'that shares the processes, and has no /proc',
      ['syscall', 'mount', 'openat'],
      cloneWithout('CLONE_NEWPID') + NO_PROC + NO_BOUNDS,
      'not process 1',
    ],
    ['that shares the users', ['syscall'], cloneWithout('CLONE_NEWUSER'), /mapping uids? /],
    [
      'that hands an environment on',
      ['fexecve'],
      `int __real_fexecve(int fd, char **argv, char **envp);
       int __wrap_fexecve(int fd, char **argv, char **envp) {
         return __real_fexecve(fd, argv, (char *[]){"SECRET=x", NULL});
       }`,
      'SECRET',
    ],
    ['that shows the files of the host themselves', ['mount'], NO_OVERLAY, 'own inodes: shares '],
    ['that hides nothing of /proc', ['mount'], noMountAt('/proc/'), 'facts of the host: /proc/'],
    [
      'that gives another device than it says',
      ['mknodat'],
      `#include <string.h>
       #include <sys/sysmacros.h>
       int __real_mknodat(int directory, const char *name, unsigned mode, unsigned long device);
       int __wrap_mknodat(int directory, const char *name, unsigned mode, unsigned long device) {
         return __real_mknodat(directory, name, mode, strcmp(name, "full") == 0 ? makedev(1, 11) : device);
       }`,
      'few devices: /dev/full',
    ],
    [
      'that keeps its uid',
      ['setns', 'setresuid'],
      `static int in_view;
       int __real_setns(int fd, int kind);
       int __wrap_setns(int fd, int kind) { in_view = 1; return __real_setns(fd, kind); }
       int __real_setresuid(unsigned r, unsigned e, unsigned s);
       int __wrap_setresuid(unsigned r, unsigned e, unsigned s) { return in_view ? 0 : __real_setresuid(r, e, s); }`,
      'namespaces: ',
    ],
  ] as const)('%s', async (name, functions, stubs, finding) => {
    const launcherPath = launcherWithout(name, functions, stubs);
    expect(await tryWalls(engineOf({ launcherPath }))).toContainEqual(
      typeof finding === 'string' ? expect.stringContaining(finding) : expect.stringMatching(finding),
    );
  });

  describe('of sandboxes that have a root one after the other', () => {
    let installed: string;
    beforeAll(() => {
      installed = mkdtempSync('/var/tmp/installed-');
      chmodSync(installed, 0o755);
    });
    afterAll(() => rmSync(installed, { recursive: true }));

    async function look(engine: BubblewrapEngine, name: string): Promise<string> {
      const profile = { ...PROFILE, mounts: [installed] };
      return (await runIn(engine, profile, ['cat', join(installed, name)])).stdout.toString();
    }

    it('makes it again after a minute', async () => {
      const launcherPath = launcherWithout(
        'whose clock goes a minute at a time',
        ['clock_gettime'],
        `#include <time.h>
         int __wrap_clock_gettime(clockid_t clock, struct timespec *at) {
           static time_t minutes;
           *at = (struct timespec){.tv_sec = 60 * minutes++};
           return 0;
         }`,
      );
      const engine = engineOf({ launcherPath });
      await whileStarted(engine, async () => {
        expect(await look(engine, 'sooner')).toBe('');
        writeFileSync(join(installed, 'sooner'), 'there');
        expect(await look(engine, 'sooner')).toBe('there');
      });
    });

    it('makes it again when the programs of the machine have changed, and those that wait are of no use', async () => {
      const engine = engineOf();
      await whileStarted(engine, async () => {
        await using waiting = await engine.take(PROFILE, DEFAULT_LIMITS);
        expect(await look(engine, 'later')).toBe('');
        writeFileSync(join(installed, 'later'), 'there');
        expect(await look(engine, 'later')).toBe(''); // else this could not fail
        expect(waiting.isAlive).toBe(true);
        Object.assign(engine, { programs: { lookedAt: Infinity, stamp: 'another', generation: 99 } });
        expect(await look(engine, 'later')).toBe('there');
        expect(waiting.isAlive).toBe(false);
      });
    });
  });

  it('that shares the view of cgroups, where the supervisor joins none', async () => {
    const launcherPath = launcherWithout(
      'that shares the view of cgroups',
      ['syscall'],
      cloneWithout('CLONE_NEWCGROUP'),
    );
    expect(await tryWalls(engineOf({ launcherPath, cgroupDir: '/nonexistent' }))).toContainEqual(
      expect.stringContaining('own namespaces: shares cgroup:'),
    );
  });

  // With one id there is only the one to map.
  if (process.getuid?.() === 0) {
    it('and a supervisor that make root of whoever is inside', async () => {
      const launcherPath = launcherWithout(
        'making root',
        ['write'],
        `#include <string.h>
         long __real_write(int fd, const char *data, size_t size);
         long __wrap_write(int fd, const char *data, size_t size) {
           if (size < 7 || memcmp(data, "1000 ", 5) != 0) return __real_write(fd, data, size);
           char root[96] = "0";
           memcpy(root + 1, data + 4, size - 4);
           return __real_write(fd, root, size - 3) == (long)size - 3 ? (long)size : -1;
         }`,
      );
      const supervisorPath = supervisorWithout(
        'making root',
        ['setresuid', 'setresgid', 'setfsuid', 'setfsgid', 'mount'],
        ['setresuid', 'setresgid']
          .map(
            (name) => `
              int __real_${name}(unsigned r, unsigned e, unsigned s);
              int __wrap_${name}(unsigned r, unsigned e, unsigned s) {
                return __real_${name}(r == 1000 ? 0 : r, e == 1000 ? 0 : e, s == 1000 ? 0 : s);
              }`,
          )
          .join('') +
          `int __real_setfsuid(unsigned id);
           int __real_setfsgid(unsigned id);
           int __wrap_setfsuid(unsigned id) { return __real_setfsuid(0); }
           int __wrap_setfsgid(unsigned id) { return __real_setfsgid(0); }
           #include <string.h>
           int __real_mount(const char *s, const char *t, const char *f, unsigned long flags, const void *data);
           int __wrap_mount(const char *s, const char *t, const char *f, unsigned long flags, const void *data) {
             char text[256] = "";
             if (data) strncpy(text, data, sizeof text - 1);
             for (char *at; (at = strstr(text, "id=1000"));) memcpy(at, "id=0000", 7);
             return __real_mount(s, t, f, flags, data ? text : NULL);
           }`,
      );
      const broken = await tryWalls(engineOf({ launcherPath, supervisorPath }));
      expect(broken).toContainEqual(expect.stringContaining('unprivileged user: root inside'));
    });
  }

  it('and a supervisor that let privileges be gained', async () => {
    const launcherPath = launcherWithout('gaining', ['prctl'], prctlWithout('PR_SET_NO_NEW_PRIVS'));
    // The filter takes the one or the other: a capability, while it is there.
    const supervisorPath = supervisorWithout(
      'gaining',
      ['prctl', 'drop_capabilities', 'seccomp_load'],
      // Loaded that early, the filter refuses to drop from the bounding set.
      `int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
       int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
         if (option == PR_SET_NO_NEW_PRIVS) return 0;
         int result = __real_prctl(option, a, b, c, d);
         return option == PR_CAPBSET_DROP ? 0 : result;
       }
       int __real_seccomp_load(_Bool shares_ids);
       void __real_drop_capabilities(void);
       int __wrap_seccomp_load(void) { return 0; }
       void __wrap_drop_capabilities(void) {
         if (getpid() != 1) __real_seccomp_load(0);
         __real_drop_capabilities();
       }`,
    );
    const broken = await tryWalls(engineOf({ launcherPath, supervisorPath }));
    expect(broken).toContainEqual(expect.stringContaining('no new privileges: '));
  });
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
      'that the program shares its ids with, and can be looked into',
      ['prctl', 'setresuid', 'setresgid'],
      `int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
       int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
         return __real_prctl(option, option == PR_SET_DUMPABLE ? 1 : a, b, c, d);
       }
       int __real_setresuid(unsigned r, unsigned e, unsigned s);
       int __wrap_setresuid(unsigned r, unsigned e, unsigned s) { return __real_setresuid(1000, 1000, 1000); }
       int __real_setresgid(unsigned r, unsigned e, unsigned s);
       int __wrap_setresgid(unsigned r, unsigned e, unsigned s) { return __real_setresgid(1000, 1000, 1000); }`,
      'supervisor closed to the program: ',
    ],
    [
      'that the program shares its uid with',
      ['setresuid'],
      `int __real_setresuid(unsigned r, unsigned e, unsigned s);
       int __wrap_setresuid(unsigned r, unsigned e, unsigned s) { return __real_setresuid(1000, 1000, 1000); }`,
      'supervisor out of reach: ',
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
      'that lets the name of the cgroup be seen',
      ['unshare'],
      'int __wrap_unshare(int flags) { return 0; }',
      'facts of the host: /proc/self/cgroup names ',
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

  it('whose child is late in taking its ids limits it all the same', async () => {
    const supervisorPath = supervisorWithout(
      'late child',
      ['become_program_ids'],
      `#include <unistd.h>
       int __real_become_program_ids(void);
       int __wrap_become_program_ids(void) { usleep(200000); return __real_become_program_ids(); }`,
    );
    expect(await tryWalls(engineOf({ supervisorPath }))).toEqual([]);
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
    const careless = launcherWithout(
      'that closes nothing',
      ['syscall'],
      `#include <sys/syscall.h>
       long __real_syscall(long n, long a, long b, long c, long d, long e);
       long __wrap_syscall(long n, long a, long b, long c, long d, long e) {
         return n == SYS_close_range ? 0 : __real_syscall(n, a, b, c, d, e);
       }`,
    );
    const broken = await tryWalls(engineOf({ launcherPath: forgetful(careless), supervisorPath }));
    expect(broken).toContainEqual(expect.stringContaining('nothing inherited: descriptor'));
  });

  it('that is ours lets no forgotten descriptor through', async () => {
    expect(await tryWalls(engineOf({ launcherPath: forgetful('dist/launcher') }))).toEqual([]);
  });
});

/** The launcher as somebody starts it who left a descriptor open. */
function forgetful(launcher: string): string {
  const path = join(directory, `forgetful-${basename(launcher)}`);
  writeFileSync(path, `#!/bin/sh\nexec 9</etc/hostname\nexec ${resolve(launcher)} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

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
