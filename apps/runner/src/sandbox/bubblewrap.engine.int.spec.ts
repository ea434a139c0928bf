import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { until } from '../../../../libs/platform/test/until';
import { bubblewrapUnderTest, LAUNCHER } from '../../test/bubblewrap.under.test';
import { describeSandboxes, runIn } from '../../test/sandbox.engine.suite';
import { BASE_ENV } from './bubblewrap.policy';
import { ownMark } from './runner.marks';
import { SandboxError, SandboxLost } from './sandbox';

const PROFILE = { language: 'python', mounts: [] };

/** A directory to divide, where the tests run as somebody to whom one was delegated (tools/cgroup2). */
const DELEGATED = process.env.RUNNER_CGROUP_DIR;
const MODES = [
  { mode: 'with a cgroup', cgroupDir: DELEGATED },
  { mode: 'without a cgroup', cgroupDir: '/nonexistent' },
];

describe.each(MODES)('$mode', ({ mode, cgroupDir }) => {
  const engine = bubblewrapUnderTest({ cgroupDir });

  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  it('says when a wall is weaker', () => {
    expect(engine.degraded.some((reason) => reason.startsWith('no cgroup'))).toBe(
      mode === 'without a cgroup',
    );
  });

  describeSandboxes(engine, PROFILE);

  it('no further user namespace can be made, whatever the filter lets through', async () => {
    const facts = await runIn(engine, PROFILE, ['cat', '/proc/sys/user/max_user_namespaces']);
    expect(facts.stdout.toString()).toBe('0\n');
  });

  it('a sandbox leaves nothing: processes, cgroups', async () => {
    const nap = `sleep 9${process.pid}`; // nobody else's
    await runIn(engine, PROFILE, ['sh', '-c', `${nap} & ${nap} & exit 0`]);
    const processes = execFileSync('ps', ['-eo', 'args']).toString();
    expect(processes.split('\n')).not.toContain(nap);
    const groups = () =>
      ['/sys/fs/cgroup/pids', DELEGATED ?? '/sys/fs/cgroup'].filter(existsSync).flatMap((directory) =>
        readdirSync(directory)
          .filter((name) => name.startsWith(`${ownMark()}-`))
          .flatMap((name) => readdirSync(`${directory}/${name}`, { withFileTypes: true }))
          .filter((entry) => entry.isDirectory()),
      );
    // It goes a moment after its last process.
    await until('its cgroups are gone', () => groups().length === 0);
  });
});

const MAPPED_AS = `
import os
line = next(line.split() for line in open('/proc/self/maps') if '/python' in line)
facts = os.stat(line[5])
print(line[3:5] == ['%02x:%02x' % (os.major(facts.st_dev), os.minor(facts.st_dev)), str(facts.st_ino)], facts.st_ino < 2 ** 63)
`;
const [major = 0, minor = 0] = release().split('.').map(Number);

// Older kernels tell there of the file below, which is the host's.
if (major > 6 || (major === 6 && minor >= 18)) {
  it('a file of the host has the numbers that it is mapped under, as many bits as fit into a signed one', async () => {
    const engine = bubblewrapUnderTest();
    await engine.start();
    try {
      const { stdout } = await runIn(engine, PROFILE, ['python3', '-c', MAPPED_AS]);
      expect(stdout.toString()).toBe('True True\n');
    } finally {
      await engine.stop();
    }
  });
}

it('with a cgroup a run that goes on for long gets a smaller share of a contended core', async () => {
  const engine = bubblewrapUnderTest({ cgroupDir: DELEGATED });
  await engine.start();
  try {
    const nap = `9${process.pid}2`; // nobody else's
    const stop = new AbortController();
    const run = runIn(engine, PROFILE, ['sleep', nap], { signal: stop.signal });
    const share = () => {
      const pid = asleepFor(nap);
      return pid === undefined ? 'none yet' : shareOf(pid);
    };
    await until('its share is small', () => ['cpu.shares 128', 'cpu.weight 12'].includes(share()));
    stop.abort();
    await expect(run).rejects.toThrow(SandboxError);
  } finally {
    await engine.stop();
  }
});

it('a sandbox ends with its launcher', async () => {
  const engine = bubblewrapUnderTest();
  await engine.start();
  try {
    const [launcher] = execFileSync('pgrep', ['-P', String(process.pid), '-f', LAUNCHER])
      .toString()
      .split('\n');
    const nap = `9${process.pid}1`; // nobody else's
    const run = runIn(engine, PROFILE, ['sleep', nap]);
    const isAsleep = () => asleepFor(nap) !== undefined;
    await until('the program sleeps', isAsleep);
    process.kill(Number(launcher), 'SIGKILL');
    const error: unknown = await run.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SandboxError);
    expect(error).not.toBeInstanceOf(SandboxLost); // that was not its program's doing
    await until('the program is gone', () => !isAsleep());
  } finally {
    await engine.stop();
  }
});

it('a sandbox whose supervisor is killed was killed from outside, not by its program', async () => {
  const engine = bubblewrapUnderTest();
  await engine.start();
  try {
    const [launcher] = execFileSync('pgrep', ['-P', String(process.pid), '-f', LAUNCHER])
      .toString()
      .split('\n');
    await using sandbox = await engine.take(PROFILE, DEFAULT_LIMITS);
    await sandbox.prepared();
    const supervisor = Number(execFileSync('pgrep', ['-P', String(launcher)]));
    const stage = { argv: ['sh', '-c', 'echo here; sleep 9'], env: { ...BASE_ENV }, files: [] };
    const limits = { ...DEFAULT_LIMITS, wall_time_ms: 60_000 };
    const error: unknown = await sandbox
      .run({ ...stage, stdin: Buffer.alloc(0), limits }, new AbortController().signal, {
        onOutput: () => process.kill(supervisor, 'SIGKILL'),
      })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SandboxError);
    expect(error).not.toBeInstanceOf(SandboxLost);
  } finally {
    await engine.stop();
  }
});

it('a sandbox that is frozen does not answer, and costs its run a try long before its time is up', async () => {
  const engine = bubblewrapUnderTest();
  await engine.start();
  try {
    await using sandbox = await engine.take(PROFILE, DEFAULT_LIMITS);
    await sandbox.prepared();
    const [launcher] = execFileSync('pgrep', ['-P', String(process.pid), '-f', LAUNCHER])
      .toString()
      .split('\n');
    const supervisor = Number(execFileSync('pgrep', ['-P', String(launcher)]));
    process.kill(supervisor, 'SIGSTOP');
    const limits = { ...DEFAULT_LIMITS, wall_time_ms: 60_000 };
    const stage = { argv: ['true'], env: {}, files: [], stdin: Buffer.alloc(0), limits };
    const [answered, run] = await Promise.allSettled([
      sandbox.answers(),
      sandbox.run(stage, new AbortController().signal),
    ]);
    expect(answered).toMatchObject({ value: false });
    expect(run).toMatchObject({ reason: expect.any(SandboxLost) as SandboxLost });
  } finally {
    await engine.stop();
  }
});

// Only root may mount.
if (process.getuid?.() === 0) {
  it('what the machine mounts later is not seen', async () => {
    const seen = mkdtempSync('/var/tmp/seen-'); // /tmp is the sandbox's own
    const later = join(seen, 'later');
    mkdirSync(later);
    chmodSync(seen, 0o755);
    writeFileSync(join(later, 'before'), '');
    const profile = { language: '', mounts: [seen] };
    const list = async () => (await runIn(engine, profile, ['ls', later])).stdout.toString();
    const engine = bubblewrapUnderTest();
    // Else nothing that is mounted there could be seen in another namespace anyhow.
    execFileSync('mount', ['--bind', seen, seen]);
    execFileSync('mount', ['--make-shared', seen]);
    await engine.start();
    try {
      expect(await list()).toBe('before\n');
      execFileSync('mount', ['-t', 'tmpfs', 'later', later]);
      writeFileSync(join(later, 'after'), '');
      expect(await list()).toBe('before\n');
    } finally {
      await engine.stop();
      spawnSync('umount', [later]);
      execFileSync('umount', [seen]);
      rmSync(seen, { recursive: true });
    }
  });
}

/** The pid, for the host, of the program that sleeps for so long. */
function asleepFor(nap: string): string | undefined {
  return spawnSync('pgrep', ['-fx', `sleep ${nap}`])
    .stdout.toString()
    .split('\n')
    .find(Boolean);
}

/** What a process gets of a contended core, as the kernel has it. */
function shareOf(pid: string): string {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  const [, ofV1] = /^\d+:(?:.*,)?cpu(?:,.*)?:(.*)$/m.exec(groups) ?? [];
  const [, ofV2 = ''] = /^0::(.*)$/m.exec(groups) ?? [];
  const [directory, file] =
    ofV1 === undefined
      ? [`/sys/fs/cgroup${ofV2}`, 'cpu.weight']
      : [`/sys/fs/cgroup/cpu${ofV1}`, 'cpu.shares'];
  return `${file} ${readFileSync(join(directory, file), 'utf8').trim()}`;
}
