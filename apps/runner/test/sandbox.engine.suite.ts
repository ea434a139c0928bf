import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Limits } from '@runbin/contracts/limits';
import { BASE_ENV, SHARED } from '../src/sandbox/bubblewrap.policy';
import { ownMark } from '../src/sandbox/runner.marks';
import {
  type RunningProgram,
  type SandboxEngine,
  SandboxError,
  type SandboxProfile,
  type Stage,
  type StageFacts,
} from '../src/sandbox/sandbox';
import { PATIENT_LIMITS } from './patient.limits';

const MIB = 1024 * 1024;

export type Wanted = Partial<Omit<Stage, 'limits'>> & { limits?: Partial<Limits>; signal?: AbortSignal };

/** Runs one command in a sandbox of its own. */
export async function runIn(
  engine: SandboxEngine,
  profile: SandboxProfile,
  argv: string[],
  { limits, signal, ...wanted }: Wanted = {},
): Promise<StageFacts> {
  const allowed = { ...PATIENT_LIMITS, ...limits };
  await using sandbox = await engine.take(profile, allowed);
  return await sandbox.run(
    {
      argv,
      env: { ...BASE_ENV },
      files: [],
      stdin: Buffer.alloc(0),
      ...wanted,
      limits: allowed,
    },
    signal ?? new AbortController().signal,
  );
}

/** Promise.withResolvers, which Node 20 does not have. */
function withResolvers() {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

/**
 * What every engine promises. Engines differ in how they isolate, never in what a program may notice or in what
 * is reported: both pass the same tests.
 * @param engine started by the caller
 * @param profile with a shell and Python
 */
export function describeSandboxes(engine: SandboxEngine, profile: SandboxProfile): void {
  const run = (argv: string[], wanted?: Wanted) => runIn(engine, profile, argv, wanted);
  const shell = (script: string, wanted?: Wanted) => run(['sh', '-c', script], wanted);
  const python = (code: string, wanted?: Wanted) => run(['python3', '-c', code], wanted);
  /** All sandboxes of a daemon have one user of the host, who has no namespace that could be bounded. */
  const sharesUsers = engine.name === 'docker';
  const text = (facts: StageFacts) => facts.stdout.toString();

  describe('a program', () => {
    it('gets its files, arguments and input, and its output and exit code come back', async () => {
      const facts = await run(['sh', 'lib/main.sh', 'a b', '$(id)'], {
        files: [
          { name: 'lib/main.sh', content: Buffer.from('cat; echo "$1" "$2"; pwd; echo oops >&2; exit 7') },
        ],
        stdin: Buffer.from('in\0put\n'),
      });
      expect(facts).toMatchObject({ exitCode: 7, signal: null, wallExceeded: false, execErrno: 0 });
      expect(text(facts)).toBe('in\0put\na b $(id)\n/box\n');
      expect(facts.stderr.toString()).toBe('oops\n');
    });

    it('takes 4 MiB of input and gives as much back, byte for byte', async () => {
      const stdin = Buffer.alloc(
        4 * MIB,
        Uint8Array.from({ length: 256 }, (_, byte) => byte),
      );
      const facts = await run(['cat'], { stdin, limits: { output_bytes: 4 * MIB } });
      expect(facts.stdout.equals(stdin)).toBe(true);
      expect(facts.stdoutTruncated).toBe(false);
    });

    it('may leave its input unread', async () => {
      expect(await run(['true'], { stdin: Buffer.alloc(4 * MIB) })).toMatchObject({ exitCode: 0 });
    });

    it('that does not exist is reported by errno', async () => {
      expect(await run(['no-such-program'])).toMatchObject({ execErrno: 2 });
    });

    it('and all that it leaves when it ends, also at its limit of processes, is ended', async () => {
      const facts = await python(
        `import os, signal
try:
  while True:
    if os.fork() == 0:
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      while True: signal.pause()
except BlockingIOError: print('full', flush=True)`,
        { limits: { processes: 10 } },
      );
      expect(text(facts)).toBe('full\n');
      expect(facts).toMatchObject({ exitCode: 0, wallExceeded: false });
    });

    it('that ends by a signal is reported by it', async () => {
      expect(await shell('kill -SEGV $$')).toMatchObject({ exitCode: null, signal: 11 });
    });

    it('hands artifacts out, with their modes and nothing but files', async () => {
      const facts = await shell(
        'mkdir -p .out/a; echo x > .out/a/f; chmod 755 .out/a/f; ln -s /usr/bin/env .out/link',
        {
          artifactsDir: '.out',
        },
      );
      expect(facts.artifacts.map(({ name, mode, content }) => [name, mode, content.toString()])).toEqual([
        ['.out/a/f', 0o755, 'x\n'],
      ]);
    });
  });

  describe('limits', () => {
    it.each([
      [1000, false],
      [999, true],
    ])('1000 bytes of output under a cap of %i: truncated %s', async (output_bytes, truncated) => {
      const facts = await shell('head -c 1000 /dev/zero; head -c 1000 /dev/zero >&2', {
        limits: { output_bytes },
      });
      expect(facts.stdout).toHaveLength(output_bytes);
      expect(facts.stdoutTruncated).toBe(truncated);
    });

    it('ends a flood at the cap', async () => {
      const facts = await shell('yes', { limits: { output_bytes: 100_000 } });
      expect(facts).toMatchObject({ stdoutTruncated: true, signal: 9, wallExceeded: false });
      expect(facts.stdout).toHaveLength(100_000);
    });

    it('tells a flood of both streams from a flood of one', async () => {
      const line = 'head -c 4000 /dev/zero | tr "\\0" x';
      const both = await shell(`line=$(${line}); while :; do echo $line; echo $line >&2; done`, {
        limits: { output_bytes: 100_000 },
      });
      expect(both).toMatchObject({ stdoutTruncated: true, stderrTruncated: true });
      const one = await shell('yes', { limits: { output_bytes: 100_000 } });
      expect(one).toMatchObject({ stdoutTruncated: true, stderrTruncated: false });
    });

    it('drops what is over the cap and lets the program go on where that is asked for', async () => {
      const facts = await shell('head -c 300000 /dev/zero; exit 4', {
        limits: { output_bytes: 10 },
        onOutputOverflow: 'discard',
      });
      expect(facts).toMatchObject({ stdoutTruncated: true, exitCode: 4 });
    });

    it('wall time ends a sleeper, and what it printed is kept', async () => {
      const facts = await shell('echo before; sleep 60', { limits: { wall_time_ms: 2_000 } });
      expect(facts).toMatchObject({ wallExceeded: true, cpuExceeded: false, signal: 9 });
      expect(text(facts)).toBe('before\n');
    });

    it('CPU time ends a spinner, also one that spins in children', async () => {
      const facts = await shell('(while :; do :; done) & (while :; do :; done) & wait', {
        limits: { cpu_time_ms: 400 },
      });
      expect(facts).toMatchObject({ cpuExceeded: true, wallExceeded: false });
      expect(facts.cpuTimeMs).toBeGreaterThanOrEqual(400);
    });

    it('memory is judged by the OOM killer, also when only a child was killed and the program exits 0', async () => {
      const eat = 'x = bytearray(200 * 1024 * 1024)';
      expect(await python(eat, { limits: { memory_bytes: 64 * MIB } })).toMatchObject({
        memoryExceeded: true,
      });
      const child = await shell(`python3 -c '${eat}'; exit 0`, { limits: { memory_bytes: 64 * MIB } });
      expect(child.memoryExceeded).toBe(true);
      expect(await python(eat)).toMatchObject({ memoryExceeded: false, exitCode: 0 });
    });

    it('processes are limited', async () => {
      const facts = await python(
        'import os, signal\nn = 0\ntry:\n  while True:\n    if os.fork() == 0: signal.pause()\n    n += 1\nexcept BlockingIOError: print(n)',
        { limits: { processes: 10 } },
      );
      expect(text(facts)).toBe('9\n');
    });

    it('files are limited in bytes over all writable places together, and in inodes', async () => {
      const facts = await shell(
        'head -c 3000000 /dev/zero > /box/a; head -c 3000000 /dev/zero > /tmp/b || echo full; rm /box/a; i=0; while true 2>/dev/null > /dev/shm/f$i; do i=$((i+1)); done; ls /dev/shm | wc -l',
        { limits: { files_bytes: 4 * MIB } },
      );
      const [full, inodes] = text(facts).trim().split('\n');
      expect(full).toBe('full');
      expect(Number(inodes)).toBeLessThan(1100);
    });

    it('says when the submitted files themselves do not fit', async () => {
      const files = [{ name: 'big', content: Buffer.alloc(2 * MIB) }];
      expect(await run(['true'], { files, limits: { files_bytes: MIB } })).toMatchObject({
        filesDidNotFit: true,
      });
    });
  });

  describe('a parked program', () => {
    const launch = { argv: ['python3', 'main.py'], env: { ...BASE_ENV } };
    const stage = (code: string, limits: Partial<Limits> = {}): Stage => ({
      ...launch,
      files: [{ name: 'main.py', content: Buffer.from(code) }],
      stdin: Buffer.from('input'),
      limits: { ...PATIENT_LIMITS, ...limits },
    });
    const never = new AbortController().signal;

    it('waits for its file, and knows nothing of that', async () => {
      await using sandbox = await engine.take(profile, PATIENT_LIMITS);
      await sandbox.prepared();
      await sandbox.park(launch, { file: 'main.py' }, PATIENT_LIMITS);
      expect(sandbox.isAlive).toBe(true);
      const facts = await sandbox.run(
        stage('import sys, os; print(sys.argv, sys.stdin.read(), os.listdir())'),
        never,
      );
      expect(facts).toMatchObject({ exitCode: 0 });
      expect(text(facts)).toBe("['main.py'] input ['main.py']\n");
    });

    it('gets other limits than it was parked under', async () => {
      await using sandbox = await engine.take(profile, PATIENT_LIMITS);
      await sandbox.park(launch, { file: 'main.py' }, PATIENT_LIMITS);
      const larger = { memory_bytes: 400 * MIB, processes: 7 };
      const facts = await sandbox.run(
        stage(
          'import os, signal\nn = 1\ntry:\n  while True:\n    if os.fork() == 0: signal.pause()\n    n += 1\nexcept BlockingIOError: print(n)\nx = bytearray(300 << 20)',
          larger,
        ),
        never,
      );
      expect(facts).toMatchObject({ exitCode: 0, memoryExceeded: false });
      expect(text(facts)).toBe('7\n');
    });

    it('answers while it waits, and while it runs', async () => {
      await using sandbox = await engine.take(profile, PATIENT_LIMITS);
      await sandbox.park(launch, { file: 'main.py' }, PATIENT_LIMITS);
      expect(await sandbox.answers()).toBe(true);
      let answered: Promise<boolean> | undefined;
      const facts = await sandbox.run(stage('print(input("ready\\n"))'), never, {
        onOutput: () => {
          answered ??= sandbox.answers();
        },
      });
      expect(text(facts)).toBe('ready\ninput\n');
      expect(await answered).toBe(true);
    });

    it('that ends instead of waiting is no longer alive', async () => {
      await using sandbox = await engine.take(profile, PATIENT_LIMITS);
      const parking = sandbox.park(
        { argv: ['false'], env: { ...BASE_ENV } },
        { file: 'main.py' },
        PATIENT_LIMITS,
      );
      await expect(parking).rejects.toThrow(SandboxError);
      expect(sandbox.isAlive).toBe(false);
    });
  });

  describe('what sandboxes and the host see alike', () => {
    const launch = { argv: ['python3', 'main.py'], env: { ...BASE_ENV } };
    const sharesDevices = engine.degraded.some((reason) => reason.includes(SHARED.devices));
    const PLACES = [
      ...['/', '/usr', '/usr/bin', '/usr/bin/env', '/usr/lib', '/etc', '/etc/passwd', '/etc/ld.so.cache'],
      ...['/proc/version', '/proc/meminfo', '/proc/stat', '/proc/sys/kernel/ostype'],
      // What Docker hides is its /dev/null, which has one lock for all those names.
      ...(engine.name === 'docker' ? [] : ['/proc/cmdline', '/proc/bus']),
      ...(sharesDevices ? [] : ['/dev', '/dev/null', '/dev/zero', '/dev/urandom']),
    ];
    /** Takes locks of both kinds, then watches, and tells what it has heard when it is asked. */
    const WATCHER = `
import ctypes, fcntl, os, select, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
places = ${JSON.stringify(PLACES)}
held = []
for place in places:
    held.append(os.open(place, os.O_RDONLY))
    fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
    if not os.path.isdir(place):
        fcntl.fcntl(held[-1], fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0))
events = libc.inotify_init1(os.O_CLOEXEC)
names = {libc.inotify_add_watch(events, place.encode(), 0xfff): place for place in places}
print("watching", len(names), flush=True)
sys.stdin.readline()
if select.select([events], [], [], 0)[0]:
    print("heard of", names[struct.unpack("i", os.read(events, 4096)[:4])[0]])
print("done")
`;
    /** Uses all of it, and says which locks are somebody else's. */
    const USER = `
import fcntl, os, struct
for place in ${JSON.stringify(PLACES)}:
    if os.path.isdir(place):
        os.listdir(place)
    fd = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("held", place)
    if not os.path.isdir(place):
        os.read(fd, 1)
        asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
        if struct.unpack("hhqqi4x", fcntl.fcntl(fd, fcntl.F_GETLK, asked))[0] != fcntl.F_UNLCK:
            print("held by a process", place)
os.system("/usr/bin/env true > /dev/null")
`;
    const stageOf = (code: string): Stage => ({
      ...launch,
      files: [{ name: 'main.py', content: Buffer.from(code) }],
      stdin: Buffer.alloc(0),
      limits: PATIENT_LIMITS,
    });
    const useAsHost = () => {
      for (const place of PLACES) {
        if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) readdirSync(place);
        else if (!place.startsWith('/dev')) readFileSync(place);
        else closeSync(openSync(place, 'r'));
      }
    };

    it.each(['parked', 'cold'])(
      'tells a program that was %s nothing of others, and locks nobody out',
      async (how) => {
        await using sandbox = await engine.take(profile, PATIENT_LIMITS);
        if (how === 'parked') await sandbox.park(launch, { file: 'main.py' }, PATIENT_LIMITS);
        let program: RunningProgram | undefined;
        let said = '';
        const { promise: watching, resolve } = withResolvers();
        const run = sandbox.run({ ...stageOf(WATCHER), stdinStaysOpen: true }, new AbortController().signal, {
          onRelease: (released) => (program = released),
          onOutput: ({ bytes }) => {
            said += bytes.toString();
            if (said.includes('\n')) resolve();
          },
        });
        await Promise.race([watching, run]);
        expect(said).toBe(`watching ${PLACES.length}\n`);
        await using other = await engine.take(profile, PATIENT_LIMITS);
        const used = await other.run(stageOf(USER), new AbortController().signal);
        expect([text(used), used.stderr.toString()]).toEqual(['', '']);
        useAsHost();
        program?.write(Buffer.from('\n'));
        expect(text(await run)).toBe(`watching ${PLACES.length}\ndone\n`);
      },
    );

    it.each(['parked', 'cold'])(
      'watching and locking its own files works for a program that was %s',
      async (how) => {
        const code = `
import ctypes, fcntl, os, select, subprocess
libc = ctypes.CDLL(None, use_errno=True)
for place in ("/box", "/tmp", "/dev/shm"):
    events = libc.inotify_init1(0)
    libc.inotify_add_watch(events, place.encode(), 0x100)
    name = place + "/file"
    file = open(name, "w", buffering=1)
    assert select.select([events], [], [], 5)[0] and b"file" in os.read(events, 4096), place
    fcntl.flock(file, fcntl.LOCK_EX)
    assert subprocess.call(["flock", "--nonblock", name, "true"]) == 1, place
    fcntl.flock(file, fcntl.LOCK_UN)
    assert subprocess.call(["flock", "--nonblock", name, "true"]) == 0, place
    tail = subprocess.Popen(["tail", "-f", name], stdout=subprocess.PIPE, text=True)
    print("one", file=file)
    assert tail.stdout.readline() == "one\\n", place
    print("two", file=file)
    assert tail.stdout.readline() == "two\\n", place
    tail.kill()
print("works")
`;
        await using sandbox = await engine.take(profile, PATIENT_LIMITS);
        if (how === 'parked') await sandbox.park(launch, { file: 'main.py' }, PATIENT_LIMITS);
        const facts = await sandbox.run(stageOf(code), new AbortController().signal);
        expect([text(facts), facts.stderr.toString()]).toEqual(['works\n', '']);
      },
    );
  });

  describe('facts of the host', () => {
    it.each([
      ['its command line', 'cmdline'],
      ["its kernel's settings", 'config.gz'],
      ['how many cgroups it has', 'cgroups'],
      ['its disks', 'partitions'],
      ['what its disks do', 'diskstats'],
      ['its swap', 'swaps'],
      ['how it uses memory', 'vmstat'],
      ['its zones of memory', 'zoneinfo'],
      ['its free pages', 'buddyinfo'],
      ['its interrupts', 'interrupts'],
      ['its soft interrupts', 'softirqs'],
      ['locks of others', 'locks'],
      ['its modules', 'modules'],
      ['names in its kernel', 'kallsyms'],
      ['its scheduler', 'schedstat'],
      ['who waits for what', 'pressure/cpu'],
      ['its file systems', 'fs/jbd2'],
      ['how many files are open', 'sys/fs/file-nr'],
      ['how many inodes it has', 'sys/fs/inode-nr'],
      ['how many names it knows', 'sys/fs/dentry-state'],
      ['how many terminals it has', 'sys/kernel/pty/nr'],
      ['its drives', 'sys/dev/cdrom/info'],
    ])('%s are not told', async (_, name) => {
      expect(text(await shell(`cat /proc/${name} 2>/dev/null; true`))).toBe('');
    });

    it('its name of this start is not told', async () => {
      const own = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
      expect(text(await shell('cat /proc/sys/kernel/random/boot_id'))).not.toContain(own);
    });

    it('its cgroup has no name', async () => {
      const names = text(await shell('cut -d: -f3- /proc/self/cgroup | sort -u'));
      expect(names).toMatch(/^(\/|\/\.\.|\/\.\.\/\.\.|\n)*$/);
    });

    it('the cgroup of its supervisor, which may be where the launcher is, counts no runs', async () => {
      const [first, second] = [await shell('cat /proc/1/cgroup'), await shell('cat /proc/1/cgroup')];
      expect(text(first)).toBe(text(second));
      expect(text(first)).not.toContain(ownMark());
    });

    it('mounts do not name the runner', async () => {
      expect(text(await shell('cat /proc/self/mountinfo /proc/1/mountinfo'))).not.toContain(ownMark());
    });

    it('what programs measure and count with is there', async () => {
      const facts = await shell(
        'cd /proc; for f in meminfo cpuinfo loadavg uptime stat version filesystems sys/fs/file-max; do test -s $f || grep -q . $f || echo $f; done; grep -c "^cpu[0-9]" stat; grep -c "^btime [1-9]" stat; df / > /dev/null && echo df; python3 -c "import os; print(os.cpu_count() > 0, os.getloadavg()[0] >= 0)"',
      );
      expect(text(facts)).toMatch(/^[1-9]\d*\n1\ndf\nTrue True\n$/);
    });
  });

  describe('the end of a run', () => {
    it('is the end of its main process: what holds its output open is killed', async () => {
      const facts = await shell('(trap "" TERM HUP; sleep 60) & echo done');
      expect(facts).toMatchObject({ exitCode: 0, wallExceeded: false });
      expect(facts.wallTimeMs).toBeLessThan(30_000);
      expect(text(facts)).toBe('done\n');
    });

    it('comes when the runner says so', async () => {
      const controller = new AbortController();
      const running = run(['sleep', '60'], { signal: controller.signal });
      controller.abort();
      await expect(running).rejects.toThrow('was told to stop');
    });
  });

  describe('walls', () => {
    it('the program has no capabilities, no new privileges, a filter, and an unprivileged uid', async () => {
      const status = text(await run(['cat', '/proc/self/status']));
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
        expect(status).toMatch(new RegExp(`^${set}:\\t0{16}$`, 'm'));
      }
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      expect(status).toMatch(/^Seccomp:\t2$/m);
      expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    });

    it('nothing of the runner is inherited: environment and descriptors', async () => {
      const stranger = openSync('/etc/hostname', 'r');
      try {
        expect(text(await run(['env'], { env: { PATH: BASE_ENV.PATH ?? '', A: 'b' } }))).toBe(
          `PATH=${BASE_ENV.PATH}\nA=b\n`,
        );
        expect(text(await shell('cat /proc/1/environ 2>&1; ls -l /proc/1/fd 2>&1')).toLowerCase()).toContain(
          'permission denied',
        );
        expect(text(await python('import os; print(sorted(os.listdir("/proc/self/fd")))'))).toBe(
          "['0', '1', '2', '3']\n",
        );
      } finally {
        closeSync(stranger);
      }
    });

    it('its supervisor is out of reach: limits, priorities, scheduling, processors, timers', async () => {
      const facts = await python(`
import ctypes, os, resource
libc = ctypes.CDLL(None, use_errno=True)
def io(which, who):
    if libc.syscall(251 if os.uname().machine == 'x86_64' else 30, which, who, 3 << 13) < 0: raise OSError(ctypes.get_errno(), '')
def timer(clock):
    made = ctypes.c_int()
    if libc.timer_create(ctypes.c_int(clock), None, ctypes.byref(made)) < 0: raise OSError(ctypes.get_errno(), '')
def attempt(name, action):
    try:
        action()
        print('REACHED', name)
    except OSError:
        pass
idle = os.sched_param(0)
attempt('limit', lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0)))
attempt('asking', lambda: resource.prlimit(1, resource.RLIMIT_NOFILE))
attempt('priority', lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
attempt('priority of its group', lambda: os.setpriority(os.PRIO_PGRP, 1, 19))
attempt('scheduler', lambda: os.sched_setscheduler(1, os.SCHED_IDLE, idle))
attempt('parameters', lambda: os.sched_setparam(1, idle))
attempt('processors', lambda: os.sched_setaffinity(1, os.sched_getaffinity(1)))
attempt('disk', lambda: io(1, 1))
attempt('disk of its group', lambda: io(2, 1))
attempt('timer', lambda: timer(~1 << 3 | 2))
before = os.getpriority(os.PRIO_PROCESS, 1)
attempt('', lambda: os.setpriority(os.PRIO_USER, 0, 19)) # of its own it may
if os.getpriority(os.PRIO_PROCESS, 1) != before: print('REACHED by its user')
`);
      expect(
        text(facts)
          .split('\n')
          .filter((line) => line.startsWith('REACHED ') && line !== 'REACHED '),
      ).toEqual([]);
      expect(facts).toMatchObject({ exitCode: 0 });
    });

    it('what it may do to itself, its threads and its children it still may', async () => {
      const facts = await python(`
import ctypes, os, resource, threading
child = os.fork()
if child == 0: os.read(os.pipe()[0], 1)
resource.prlimit(child, resource.RLIMIT_NOFILE, (50, 60))
resource.prlimit(os.getpid(), resource.RLIMIT_NOFILE, (100, 200))
os.setpriority(os.PRIO_PROCESS, child, 19)
os.sched_setscheduler(child, os.SCHED_IDLE, os.sched_param(0))
os.sched_setaffinity(child, os.sched_getaffinity(0))
thread = threading.Thread(target=lambda: os.sched_setaffinity(threading.get_native_id(), os.sched_getaffinity(0)))
thread.start(), thread.join()
made = ctypes.c_int()
print(ctypes.CDLL(None).timer_create(2, None, ctypes.byref(made)), resource.getrlimit(resource.RLIMIT_NOFILE), os.getpriority(os.PRIO_PROCESS, child))
os.kill(child, 9)
`);
      expect([text(facts), facts.stderr.toString()]).toEqual(['0 (100, 200) 19\n', '']);
    });

    it('user namespaces, mounts and foreign sockets are refused', async () => {
      const facts = await python(`
import ctypes, socket, errno, os
libc = ctypes.CDLL(None, use_errno=True)
def attempt(name, *arguments):
    ctypes.set_errno(0)
    result = getattr(libc, name)(*arguments)
    print(name, result, errno.errorcode.get(ctypes.get_errno()))
attempt('unshare', 0x10000000)
attempt('mount', b'none', b'/tmp', b'tmpfs', 0, b'')
attempt('ptrace', 16, 1, 0, 0)
libc.syscall.argtypes = None
attempt('syscall', 425, 1, None)
for family, kind in ((38, 5), (16, 3), (17, 3), (40, 1), (2, 3)):
    try:
        socket.socket(family, kind)
        print('open', family, kind)
    except OSError as error:
        print(family, errno.errorcode[error.errno])
`);
      expect(text(facts).trim().split('\n')).toEqual([
        'unshare -1 EPERM',
        'mount -1 EPERM',
        'ptrace -1 EPERM',
        'syscall -1 EPERM', // io_uring_setup
        '38 EAFNOSUPPORT',
        '16 EAFNOSUPPORT',
        '17 EAFNOSUPPORT',
        '40 EAFNOSUPPORT',
        '2 EPERM',
      ]);
    });

    it('pools and switches of the whole machine are out of reach, and advice does nothing', async () => {
      const facts = await python(`
import ctypes, errno, fcntl, os, socket, struct, termios
libc = ctypes.CDLL(None, use_errno=True)
def attempt(name, call):
    try:
        print(name, 'works', call())
    except OSError as error:
        print(name, errno.errorcode[error.errno])
def call(number, *arguments):
    if libc.syscall(number, *map(ctypes.c_long, arguments)) == -1:
        raise OSError(ctypes.get_errno(), '')
aio, mbind = {'x86_64': (206, 237), 'aarch64': (0, 235)}[os.uname().machine]
room = ctypes.create_string_buffer(struct.pack('=HBBI', 6, 0, 0, 0xffff))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tcp = socket.socket()
attempt('filter', lambda: udp.setsockopt(socket.SOL_SOCKET, 26, struct.pack('@HP', 1, ctypes.addressof(room))))
attempt('aio', lambda: call(aio, 4096, ctypes.addressof(ctypes.c_ulong(0))))
attempt('policy', lambda: call(mbind, 1, 0, 0, 0, 0, 0))
attempt('mptcp', lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262))
attempt('udplite', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 136))
attempt('pair', lambda: socket.socketpair(38, socket.SOCK_SEQPACKET))
attempt('tls', lambda: tcp.setsockopt(socket.IPPROTO_TCP, 31, b'tls'))
attempt('orphans', lambda: tcp.setsockopt(socket.IPPROTO_TCP, 8, 300))
attempt('timestamps', lambda: udp.setsockopt(socket.SOL_SOCKET, 29, 1))
attempt('cookie', lambda: udp.getsockopt(socket.SOL_SOCKET, 71, 8))
attempt('urgent', lambda: socket.socketpair()[0].send(b'x', socket.MSG_OOB))
attempt('discipline', lambda: fcntl.ioctl(0, termios.TIOCSETD, struct.pack('i', 2)))
attempt('notify', lambda: fcntl.fcntl(os.open('/usr', os.O_RDONLY), fcntl.F_NOTIFY, 1))
attempt('seccomp', lambda: libc.prctl(22, 2, 0) and (_ for _ in ()).throw(OSError(ctypes.get_errno(), '')))
attempt('fadvise', lambda: os.posix_fadvise(-1, 0, 0, os.POSIX_FADV_DONTNEED))
attempt('fsync', lambda: os.fsync(999))
attempt('sync', lambda: os.sync())
attempt('nodelay', lambda: tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1))
`);
      expect(text(facts).trim().split('\n')).toEqual([
        'filter ENOPROTOOPT',
        'aio ENOSYS',
        'policy ENOSYS',
        'mptcp EPROTONOSUPPORT',
        'udplite EPROTONOSUPPORT',
        'pair EAFNOSUPPORT',
        'tls ENOPROTOOPT',
        'orphans ENOPROTOOPT',
        'timestamps ENOPROTOOPT',
        'cookie ENOPROTOOPT',
        expect.stringMatching(/^urgent E(?:OPNOTSUPP|NOTSUP)$/),
        'discipline ENOTTY',
        'notify EINVAL',
        'seccomp EINVAL',
        'fadvise works None',
        'fsync works None',
        'sync works None',
        'nodelay works None',
      ]);
    });

    it('what the machine counts by user, a run takes few of', async () => {
      const facts = await python(`
import ctypes, os, signal, socket
libc = ctypes.CDLL(None)
def taken(take):
    count = 0
    while count < 5_000 and take(count): count += 1
    return count
def terminal(_):
    try: return os.openpty()
    except OSError: return False
signal.pthread_sigmask(signal.SIG_BLOCK, [64])
print('signals', taken(lambda _: libc.sigqueue(os.getpid(), 64, None) == 0) <= 1024)
print('terminals', taken(terminal))
if ${sharesUsers ? 'True' : 'False'}: raise SystemExit
watching = [libc.inotify_init(), libc.inotify_init()]
print('watchers', taken(lambda _: libc.inotify_init() >= 0) + len(watching))
files = [f'/tmp/{number}' for number in range(2_500)]
for file in files: open(file, 'w').close()
# A file counts once for each who watches it.
print('watches', taken(lambda number: libc.inotify_add_watch(watching[number % 2], files[number // 2].encode(), 2) >= 0))
`);
      const counted = sharesUsers ? [] : ['watchers 8', 'watches 4096'];
      expect([facts.stderr.toString(), ...text(facts).trim().split('\n')]).toEqual([
        '',
        'signals True',
        'terminals 0',
        ...counted,
      ]);
    });

    it('nothing is writable but the sized places', async () => {
      const facts = await shell(
        'for d in / /usr /etc /dev /proc /sys /box /tmp /dev/shm /dev/mqueue /usr/local /var/tmp /run; do touch $d/probe 2>/dev/null && echo $d; done',
      );
      expect(text(facts)).toBe('/box\n/tmp\n/dev/shm\n');
    });

    it('its own loopback is up', async () => {
      const facts = await python(
        "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname()); print('connected')",
      );
      expect(text(facts)).toBe('connected\n');
    });

    it('localhost is its own loopback', async () => {
      const facts = await python(
        "import socket; s = socket.create_server(('localhost', 0)); socket.create_connection(('localhost', s.getsockname()[1])); print('connected')",
      );
      expect(text(facts)).toBe('connected\n');
    });

    it('there is no network but its own loopback, and no other process', async () => {
      expect(
        text(
          await shell(
            'cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d " "; ls /proc | grep -c "^[0-9]"',
          ),
        ),
      ).toMatch(/^lo\n[1-6]\n$/);
    });
  });
}
