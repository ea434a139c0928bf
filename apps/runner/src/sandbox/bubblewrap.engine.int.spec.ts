import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bubblewrapUnderTest } from '../../test/bubblewrap.under.test';
import { describeSandboxes, runIn } from '../../test/sandbox.engine.suite';
import { ownMark } from './runner.marks';

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
          .filter((name) => name.endsWith(`-${process.pid}`))
          .flatMap((name) => readdirSync(`${directory}/${name}`, { withFileTypes: true }))
          .filter((entry) => entry.isDirectory()),
      );
    // It goes a moment after its last process; the test's own deadline is this loop's.
    while (groups().length > 0) await delay(20);
  });
});

it('what a killed runner left behind is cleared away, and what a living one uses is not', async () => {
  const { pid: dead } = spawnSync('true');
  const markOf = (pid: number) => ownMark().replace(String(process.pid), String(pid));
  const left = mkdtempSync(join(tmpdir(), `${markOf(dead)}-`));
  const living = mkdtempSync(join(tmpdir(), `${markOf(process.ppid)}-`));
  const next = bubblewrapUnderTest();
  try {
    await next.start();
    expect([existsSync(left), existsSync(living)]).toEqual([false, true]);
  } finally {
    await next.stop();
    rmSync(living, { recursive: true });
  }
});
