import Docker from 'dockerode';
import { execFileSync, spawnSync } from 'node:child_process';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { until } from '../../../../libs/platform/test/until';
import { describeSandboxes, runIn } from '../../test/sandbox.engine.suite';
import { describeStreams } from '../../test/sandbox.streams.suite';
import { brokenWalls } from '../health/walls';
import { BASE_ENV } from './bubblewrap.policy';
import { DockerEngine } from './docker.engine';
import { containerOptions, RUNNER_LABEL } from './docker.policy';
import { ownMark } from './runner.marks';
import { ANY_TOOLCHAIN, NoToolchain, SandboxError } from './sandbox';

const MIB = 1024 * 1024;
const HOST = 'unix:///var/run/docker.sock';
const IMAGE_PREFIX = 'runbin/language-';
const PYTHON = { language: 'python', mounts: [] };
const BUILD_MS = 600_000;

const engineWith = (options: Partial<ConstructorParameters<typeof DockerEngine>[0]> = {}) =>
  new DockerEngine({ host: HOST, imagePrefix: IMAGE_PREFIX, runtime: undefined, ...options });
const engine = engineWith();
const docker = new Docker({ socketPath: '/var/run/docker.sock' });

beforeAll(async () => {
  execFileSync(process.execPath, ['tools/images.mjs', 'python'], { stdio: 'inherit' });
  await engine.start();
}, BUILD_MS);
afterAll(() => engine.stop());

/** Ours: the tests of others run on this daemon too. */
async function containersOf(mark: string): Promise<string[]> {
  const all = await docker.listContainers({ all: true, filters: { label: [RUNNER_LABEL] } });
  return all.filter(({ Labels }) => Labels[RUNNER_LABEL]?.startsWith(mark)).map(({ Id }) => Id);
}

describeSandboxes(engine, PYTHON);
describeStreams(engine, PYTHON);

describe('walls', () => {
  it('hold, in any image', async () => {
    expect(await brokenWalls(engine, { language: ANY_TOOLCHAIN, mounts: [] }, 'dist/probe')).toEqual([]);
  });

  it('what a container shows beside a sandbox of ours is not there', async () => {
    const { stdout } = await runIn(engine, PYTHON, [
      'sh',
      '-c',
      'ls -A /sys/block /sys/class /sys/devices /sys/kernel /sys/firmware | grep -v :; ls -A /.dockerenv; cat /.dockerenv /etc/resolv.conf /proc/self/cgroup; hostname',
    ]);
    expect(stdout.toString()).toMatch(/^\n*((\d+:[^:]*:\/\n)+)sandbox\n$/);
  });
});

describe('memory', () => {
  const limits = { memory_bytes: 64 * MIB, files_bytes: 256 * MIB };

  it('that files fill is memory too: the verdict does not need the supervisor to live', async () => {
    const facts = await runIn(
      engine,
      PYTHON,
      ['sh', '-c', 'head -c 150000000 /dev/zero > a; head -c 150000000 /dev/zero > /tmp/a; echo $?'],
      { limits },
    );
    expect(facts.memoryExceeded).toBe(true);
  });

  it('verdicts can not be escaped by a program that makes itself the last to be killed', async () => {
    const facts = await runIn(
      engine,
      PYTHON,
      [
        'python3',
        '-c',
        'import os\nfor score in (-1000, 0, 499, 500):\n  try: open("/proc/self/oom_score_adj", "w").write(str(score))\n  except OSError: pass\nx = []\nwhile True: x.append(bytearray(1 << 20))',
      ],
      { limits },
    );
    expect(facts.memoryExceeded).toBe(true);
  });
});

describe('a prepared sandbox', () => {
  it('whose container is gone is not alive, and fails as ours', async () => {
    await using sandbox = await engine.take(PYTHON, DEFAULT_LIMITS);
    await sandbox.prepared();
    const launch = { argv: ['python3', 'main.py'], env: { ...BASE_ENV } };
    await sandbox.park(launch, { file: 'main.py' }, DEFAULT_LIMITS);
    expect(sandbox.isAlive).toBe(true);
    const [id = ''] = await containersOf(ownMark());
    await docker.getContainer(id).kill();
    await until('it is not alive', () => !sandbox.isAlive);
    const stage = { ...launch, files: [], stdin: Buffer.alloc(0), limits: DEFAULT_LIMITS };
    await expect(sandbox.run(stage, new AbortController().signal)).rejects.toThrow(SandboxError);
  });

  it('is for the size of its file systems: nothing else divides them', () => {
    const key = engine.keyOf(PYTHON, DEFAULT_LIMITS);
    expect(engine.keyOf(PYTHON, { ...DEFAULT_LIMITS, memory_bytes: MIB, processes: 1 })).toBe(key);
    expect(engine.keyOf(PYTHON, { ...DEFAULT_LIMITS, files_bytes: MIB })).not.toBe(key);
    expect(engine.keyOf({ language: 'c', mounts: [] }, DEFAULT_LIMITS)).not.toBe(key);
  });
});

describe('nothing is left', () => {
  it('of runs: containers, volumes', async () => {
    const volumes = async () => (await docker.listVolumes()).Volumes.map(({ Name }) => Name);
    const before = new Set(await volumes());
    await Promise.all(Array.from({ length: 8 }, () => runIn(engine, PYTHON, ['sh', '-c', 'sleep 60 &'])));
    expect(await containersOf(ownMark())).toEqual([]);
    expect((await volumes()).filter((name) => !before.has(name))).toEqual([]);
  });

  it('of an engine that stops with sandboxes still prepared', async () => {
    const other = engineWith();
    await other.start();
    await other.take(PYTHON, DEFAULT_LIMITS);
    expect(await containersOf(ownMark())).toHaveLength(1);
    await other.stop();
    expect(await containersOf(ownMark())).toEqual([]);
  });

  it('of a runner that was killed, but everything of one that lives', async () => {
    const { pid: dead } = spawnSync('true');
    const markOf = (pid: number) => ownMark().replace(String(process.pid), String(pid));
    const leave = async (mark: string) => {
      const container = await docker.createContainer(
        containerOptions({
          image: `${IMAGE_PREFIX}python`,
          limits: DEFAULT_LIMITS,
          runtime: undefined,
          cgroupVersion: 1,
          mark,
        }),
      );
      return container;
    };
    const left = await leave(markOf(dead));
    const living = await leave(markOf(process.ppid));
    const next = engineWith();
    try {
      await next.start();
      const there = [...(await containersOf(markOf(dead))), ...(await containersOf(markOf(process.ppid)))];
      expect(there).toEqual([living.id]);
      expect(there).not.toContain(left.id);
    } finally {
      await next.stop();
      await living.remove({ force: true });
    }
  });

  it('of a runner that dies: its sandboxes end by themselves', async () => {
    const script = `
      const Docker = require('dockerode');
      const docker = new Docker({ socketPath: '/var/run/docker.sock' });
      void (async () => {
        const container = await docker.createContainer(${JSON.stringify(
          containerOptions({
            image: `${IMAGE_PREFIX}python`,
            limits: DEFAULT_LIMITS,
            runtime: undefined,
            cgroupVersion: 1,
            mark: `${ownMark()}-dying`,
          }),
        )});
        await container.attach({ stream: true, stdin: true, stdout: true, hijack: true });
        await container.start();
        process.kill(process.pid, 'SIGKILL');
      })();`;
    spawnSync(process.execPath, ['--eval', script], { stdio: 'inherit' });
    const [id = ''] = await containersOf(`${ownMark()}-dying`);
    const container = docker.getContainer(id);
    await container.wait();
    await container.remove({ v: true });
  });
});

describe('start', () => {
  it('names weaker walls', () => {
    for (const reason of engine.degraded) expect(reason).toMatch(/older than|swap|user ids|cgroup v1/);
  });

  it.each([
    ['no daemon', { host: 'unix:///nonexistent' }, 'no Docker engine answers at unix:///nonexistent'],
    ['no image', { imagePrefix: 'runbin/nothing-' }, 'npm run images'],
    ['no such runtime', { runtime: 'nonexistent' }, 'knows no runtime nonexistent'],
  ])('says what to do with %s', async (_, options, words) => {
    await expect(engineWith(options).start()).rejects.toThrow(words);
  });

  it('a language without an image is not there', async () => {
    await expect(engine.take({ language: 'nothing', mounts: [] }, DEFAULT_LIMITS)).rejects.toThrow(
      NoToolchain,
    );
  });
});
