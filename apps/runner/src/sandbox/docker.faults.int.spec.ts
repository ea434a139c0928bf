import Docker from 'dockerode';
import { execFileSync } from 'node:child_process';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { until } from '../../../../libs/platform/test/until';
import { DockerProxy } from '../../test/docker.proxy';
import { runIn } from '../../test/sandbox.engine.suite';
import { BASE_ENV } from './bubblewrap.policy';
import { DockerEngine } from './docker.engine';
import { RUNNER_LABEL } from './docker.policy';
import { ownMark } from './runner.marks';
import { SandboxError, type Stage } from './sandbox';
import { SandboxPool } from './sandbox.pool';

const DAEMON = '/var/run/docker.sock';
const PYTHON = { language: 'python', mounts: [] };
const CALL_TIMEOUT_MS = 10_000;
const LIMITS = { ...DEFAULT_LIMITS, wall_time_ms: 10_000 };
const BUILD_MS = 600_000;

const docker = new Docker({ socketPath: DAEMON });
const launch = { argv: ['python3', 'main.py'], env: { ...BASE_ENV } };
const stage = (code: string): Stage => ({
  ...launch,
  files: [{ name: 'main.py', content: Buffer.from(code) }],
  stdin: Buffer.alloc(0),
  limits: LIMITS,
});
const never = new AbortController().signal;

let proxy: DockerProxy;
let engine: DockerEngine;

beforeAll(() => {
  execFileSync(process.execPath, ['tools/images.mjs', 'python'], { stdio: 'inherit' });
}, BUILD_MS);

beforeEach(async () => {
  proxy = new DockerProxy(DAEMON);
  await proxy.start();
  engine = new DockerEngine({
    host: proxy.host,
    imagePrefix: 'runbin/language-',
    runtime: undefined,
    callTimeoutMs: CALL_TIMEOUT_MS,
  });
  await engine.start();
});

afterEach(async () => {
  await engine.stop();
  await proxy[Symbol.asyncDispose]();
  // What a daemon has begun to remove is listed for a while.
  await until('no container is left', async () => (await containers()).length === 0);
});

/** Ours: the tests of others run on this daemon too. */
async function containers(): Promise<Docker.ContainerInfo[]> {
  const all = await docker.listContainers({ all: true, filters: { label: [RUNNER_LABEL] } });
  return all.filter(({ Labels }) => Labels[RUNNER_LABEL]?.startsWith(ownMark()));
}

async function oneContainer(): Promise<Docker.Container> {
  const [{ Id } = { Id: '' }] = await containers();
  return docker.getContainer(Id);
}

async function settles(action: Promise<unknown>): Promise<void> {
  await expect(action).rejects.toThrow(SandboxError);
}

describe('a daemon that is gone', () => {
  it('costs each new run a try, and comes back', async () => {
    await proxy.end();
    await settles(runIn(engine, PYTHON, ['true']));
    await proxy.start();
    // A connection that was kept for later may cost one more.
    await until('a program runs', () =>
      runIn(engine, PYTHON, ['true']).then(
        () => true,
        () => false,
      ),
    );
  });

  it('costs the run that it took along a try, never a verdict, and its container is removed later', async () => {
    const sandbox = await engine.take(PYTHON, LIMITS);
    const running = sandbox.run(stage('import time; print("begun", flush=True); time.sleep(60)'), never, {
      onOutput: () => void proxy.end(),
    });
    await settles(running);
    await sandbox[Symbol.asyncDispose]();
    expect(await containers()).toHaveLength(1);
    await proxy.start();
    await until('a program runs', () =>
      runIn(engine, PYTHON, ['true']).then(
        () => true,
        () => false,
      ),
    );
    await until('no container is left', async () => (await containers()).length === 0);
  });
});

describe('a daemon that hangs', () => {
  it('costs each new run a try, after a while, and what it makes later is removed', async () => {
    proxy.freeze();
    const since = performance.now();
    await settles(runIn(engine, PYTHON, ['true']));
    expect(performance.now() - since).toBeLessThan(4 * CALL_TIMEOUT_MS);
    proxy.thaw();
    expect(await runIn(engine, PYTHON, ['true'])).toMatchObject({ exitCode: 0 });
    await until('no container is left', async () => (await containers()).length === 0);
  });

  it('gives back the run that it holds, and its place', async () => {
    const sandbox = await engine.take(PYTHON, LIMITS);
    await sandbox.prepared();
    const controller = new AbortController();
    const running = sandbox.run(
      stage('import time; print("begun", flush=True); time.sleep(60)'),
      controller.signal,
      {
        onOutput: () => {
          proxy.freeze();
          controller.abort(); // as its time would have, ten seconds after the program's own
        },
      },
    );
    await settles(running);
    await sandbox[Symbol.asyncDispose]();
    proxy.thaw();
    expect(await runIn(engine, PYTHON, ['true'])).toMatchObject({ exitCode: 0 });
  });
});

describe('a container that waits in the pool', () => {
  let pool: SandboxPool;
  const place = { file: 'main.py' };

  beforeEach(async () => {
    pool = new SandboxPool(engine, { maxPerShape: 1, minPerShape: 1, memoryBytes: 1e9, parallel: 1 });
    pool.start([{ profile: PYTHON, launch, place, limits: LIMITS }]);
    await until('one is parked', () => pool.state.parked.python === 1);
    await until(
      'its interpreter waits',
      async () => (await (await oneContainer()).stats({ stream: false })).pids_stats?.current === 2,
    );
  });
  afterEach(() => pool.stop());

  const run = () => pool.run(PYTHON, stage('print("hello")'), place, never);

  it('has a weight', async () => {
    await until('it is weighed', () => pool.state.memoryBytes !== 16 * 1024 * 1024);
    expect(pool.state.memoryBytes).toBeGreaterThan(10 * 1024 * 1024);
  });

  it('and is killed there is not handed out', async () => {
    await (await oneContainer()).kill();
    await until(
      'it is killed',
      async () => (await (await oneContainer()).inspect()).State.Status === 'exited',
    );
    expect(await run()).toMatchObject({ exitCode: 0 });
  });

  it('and is frozen there costs a try, and is removed', async () => {
    const frozen = await oneContainer();
    await frozen.pause();
    await settles(run());
    await until('it is removed', async () => !(await containers()).some(({ Id }) => Id === frozen.id));
    expect(await run()).toMatchObject({ exitCode: 0 });
  });
});
