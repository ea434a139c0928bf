import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS, type Limits } from '@runbin/contracts/limits';
import { until } from '../../../../libs/platform/test/until';
import { type CgroupManager, findCgroups, makeGroup } from './cgroup';
import { claim } from './cgroup.claims';
import { ownMark } from './runner.marks';

const MIB = 1024 * 1024;
/** For some seconds of a core that others want, too. */
const CONTENDED_MS = 60_000;

/** A machine that has the one tree of version 2 has no controller in a tree of version 1. */
const VERSION = existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1;
const DIRECTORY = process.env.RUNNER_CGROUP_DIR;

/** The groups of the runner with this pid, living or dead, wherever it may have made them. */
function groupsOf(pid: number): string[] {
  const trees = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '');
  const mark = ownMark().replace(new RegExp(`${process.pid}$`), String(pid));
  // It fails where a group of somebody else's goes meanwhile; what it found stands.
  const { stdout } = spawnSync('find', [
    ...(DIRECTORY ? [DIRECTORY] : trees),
    '-type',
    'd',
    '-name',
    `${mark}-*`,
  ]);
  return stdout.toString().split('\n').filter(Boolean);
}

function findManager(): CgroupManager {
  const found = findCgroups(DIRECTORY);
  if ('reason' in found) throw new Error(found.reason);
  return found;
}

// tools/cgroup2 asks for these titles.
describe(`cgroup version ${VERSION}`, () => {
  let manager: CgroupManager;

  beforeAll(() => {
    manager = findManager();
  });
  afterAll(() => manager.stop());

  /** Runs a script in a group of its own. */
  async function run(script: string, limits: Partial<Limits> = {}) {
    const planned = manager.plan(DEFAULT_LIMITS);
    const group = makeGroup(planned.request);
    try {
      planned.release({ ...DEFAULT_LIMITS, ...limits });
      const joined = group.joinFds.map((_, index) => `echo 0 >&${index + 3} && `).join('');
      const { stdout } = spawnSync('sh', ['-c', joined + script], {
        stdio: ['ignore', 'pipe', 'ignore', ...group.joinFds],
      });
      const cpu = Number(/\d+/.exec(readFileSync(group.cpuFd, 'utf8'))?.[0]);
      return { ...planned.memory(), cpu, printed: stdout.toString() };
    } finally {
      await group.remove();
    }
  }

  it('is the one in use', () => expect(manager.version).toBe(VERSION));

  it('counts what the OOM killer ended', async () => {
    const hungry = await run('head -c 200000000 /dev/zero | tail -c 150000000 > /dev/null', {
      memory_bytes: 32 * MIB,
    });
    expect(hungry.oomKills).toBeGreaterThan(0);
    expect(hungry.peakBytes).toBeGreaterThan(30 * MIB);
    expect(hungry.peakBytes).toBeLessThanOrEqual(32 * MIB);
    expect(await run('true')).toMatchObject({ oomKills: 0 });
  });

  it('counts CPU time', async () => {
    const [idle, busy] = [await run('true'), await run('head -c 300000000 /dev/zero > /dev/null')];
    expect(busy.cpu).toBeGreaterThan(idle.cpu);
  });

  it('refuses processes over the limit', async () => {
    // None ends before the last one was tried. The shell ends at the first that it can not make.
    const { printed } = await run(
      `trap 'kill $all' EXIT; for n in 1 2 3 4 5 6; do sleep 60 >&- & all="$all $!"; echo $n; done`,
      { processes: 4 },
    );
    expect(printed).toBe('1\n2\n3\n');
  });

  it(
    'gives less of a core to a run that lasts, and still less to what is being made ready',
    async () => {
      const [core] = /(?<=^Cpus_allowed_list:\s*)\d+/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
      const spin = () => {
        const planned = manager.plan(DEFAULT_LIMITS);
        const { request } = planned;
        const group = makeGroup(request);
        const joined = group.joinFds.map((_, index) => `echo 0 >&${index + 3} && `).join('');
        const script = `${joined}exec taskset -c ${core} sh -c 'while :; do :; done'`;
        const child = spawn('sh', ['-c', script], {
          stdio: ['ignore', 'ignore', 'inherit', ...group.joinFds],
        });
        const closed = once(child, 'close');
        return {
          release: () => planned.release(DEFAULT_LIMITS),
          giveWay: () => planned.giveWay(),
          cpuMs: () =>
            Number(/\d+/.exec(readFileSync(request.cpu, 'utf8'))?.[0]) / (VERSION === 2 ? 1e3 : 1e6),
          stop: () => child.kill('SIGKILL'),
          end: async () => {
            child.kill('SIGKILL');
            await closed;
            await group.remove();
          },
        };
      };
      const [waiting, lasting, running] = [spin(), spin(), spin()];
      try {
        lasting.release();
        lasting.giveWay();
        running.release();
        await until('it runs', () => running.cpuMs() >= 100);
        const [waitedFrom, lastedFrom, ranFrom] = [waiting.cpuMs(), lasting.cpuMs(), running.cpuMs()];
        // A stall of the machine itself is charged to the process that ran then; it evens out.
        const areShared = () => {
          const [waited, lasted, ran] = [
            waiting.cpuMs() - waitedFrom,
            lasting.cpuMs() - lastedFrom,
            running.cpuMs() - ranFrom,
          ];
          return ran >= 2_000 && lasted < 0.5 * ran && waited < 0.33 * ran && waited < 0.75 * lasted;
        };
        await until('each has its share', areShared, CONTENDED_MS);
        // What nobody else wants it gets, or it would never be ready.
        running.stop();
        lasting.stop();
        const waitedTo = waiting.cpuMs() + 500;
        await until('what waits runs', () => waiting.cpuMs() >= waitedTo, CONTENDED_MS);
      } finally {
        await Promise.all([waiting, lasting, running].map(({ end }) => end()));
      }
    },
    5 * CONTENDED_MS,
  );

  it('is cleared of what a killed runner left, and left as it was found', async () => {
    const { pid: dead } = spawnSync('true');
    for (const own of groupsOf(process.pid)) {
      mkdirSync(own.replace(`-${process.pid}-`, `-${dead}-`), { recursive: true });
    }
    expect(groupsOf(dead)).not.toEqual([]);
    await findManager().stop();
    expect(groupsOf(dead)).toEqual([]);
    await manager.stop();
    expect(groupsOf(process.pid)).toEqual([]);
  });

  describe('where a runner of another container made groups', () => {
    /** In each hierarchy, that of the claims first. */
    let groups: string[];
    const areThere = () => [...new Set(groups.map((group) => existsSync(group)))];
    const make = () => groups.forEach((group) => mkdirSync(join(group, '0'), { recursive: true }));

    beforeAll(async () => {
      const own = findManager();
      // Of no namespace that there is.
      groups = groupsOf(process.pid).map((group) => group.replace(ownMark(), 'runbin-1-7'));
      groups.sort((one, other) => Number(other.includes('memory')) - Number(one.includes('memory')));
      await own.stop();
    });

    it('removes them when it is no more', async () => {
      make();
      await findManager().stop();
      expect(areThere()).toEqual([false]);
    });

    it('leaves them as long as it lives', async () => {
      const giveUp = claim(groups[0] ?? '');
      make();
      await findManager().stop();
      expect(areThere()).toEqual([true]);
      giveUp();
      await findManager().stop();
      expect(areThere()).toEqual([false]);
    });
  });

  it('is not had from a directory that is none', () => {
    const directory = mkdtempSync(join(tmpdir(), 'no-cgroup-'));
    const found = findCgroups(directory);
    rmdirSync(directory);
    expect(found).toHaveProperty('reason', expect.stringContaining(directory));
  });
});
