import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../libs/platform/test/until';
import { useBetween } from './lib/bench/profile.mjs';
import { UsageReader } from './lib/bench/usage.mjs';
import { freePort } from './lib/ports.mjs';
import { PrivateCopy } from './lib/private.copy.mjs';

/** The first start in a fresh clone installs and builds. */
const START_TIMEOUT_MS = 600_000;

describe('npm start', () => {
  const first = new PrivateCopy({ NATS_GATEWAY_PASSWORD: 'from outside', RUNNER_PERMITS: '1' });
  const environment: Record<string, string> = { PORT: '0' };
  const second = new PrivateCopy(environment);
  /** Never started: a data directory for starts that are refused. */
  const unused = new PrivateCopy();

  beforeAll(async () => {
    environment.RUNBIN_NATS_MONITOR_PORT = String(await freePort());
    await first.start();
    await second.start();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await first.discard();
    await second.discard();
    await unused.discard();
  }, START_TIMEOUT_MS);

  it('runs two copies side by side, each with data of its own', async () => {
    expect(first.url).not.toBe(second.url);
    const { submission_id: id } = await submit(first);
    await expect(statusOf(first, id)).resolves.toBe(200);
    await expect(statusOf(second, id)).resolves.toBe(404);
  });

  it('shows the bench what each part has used', async () => {
    const usage = new UsageReader(second, Number(environment.RUNBIN_NATS_MONITOR_PORT));
    const before = await usage.read();
    await submit(second);
    const after = await usage.read();
    await usage.close();
    expect(
      Object.entries(after.cpuMs)
        .filter(([, ms]) => ms > 0)
        .map(([part]) => part),
    ).toEqual(
      expect.arrayContaining(['gateway', 'submission', 'result', 'url', 'runner', 'sandboxes', 'postgres']),
    );
    const { messages, database } = useBetween(before, after);
    for (const app of ['gateway', 'submission']) expect(messages?.[app]?.sent).toBeGreaterThan(0);
    expect(messages?.['nats-server']?.sent).toBeGreaterThan(0);
    expect(database?.writes).toBeGreaterThan(0);
  });

  it('says that the port is taken, and by which variable to choose another', async () => {
    const { port } = new URL(first.url);
    const { code, output } = await startAgain({ PORT: port, RUNBIN_DATA_DIR: unused.dataDir });
    expect(output).toContain(`Port ${port} is taken`);
    expect(output).toContain('PORT=');
    expect(code).toBe(1);
  });

  it('says that the data directory is in use, and by which variable to choose another', async () => {
    const { code, output } = await startAgain({ PORT: '0', RUNBIN_DATA_DIR: first.dataDir });
    expect(output).toContain(`already runs on ${first.dataDir}`);
    expect(output).toContain('RUNBIN_DATA_DIR=');
    expect(code).toBe(1);
  });

  it.each(['port', '-1', '65536', '3000.5'])('refuses PORT=%s', async (PORT) => {
    const { code, output } = await startAgain({ PORT, RUNBIN_DATA_DIR: unused.dataDir });
    expect(output).toContain(`PORT=${PORT} is not a port`);
    expect(code).toBe(1);
  });

  it('gives each service its own secrets and no other', () => {
    const secrets = JSON.parse(readFileSync(path.join(first.dataDir, 'secrets.json'), 'utf8')) as {
      postgres: Record<string, string>;
      nats: Record<string, string>;
      urlHashidsSalt: string;
    };
    const own = (app: string) => [
      secrets.nats[app],
      secrets.postgres[app],
      app === 'url' ? secrets.urlHashidsSalt : undefined,
    ];
    const all = [...Object.values(secrets.nats), ...Object.values(secrets.postgres), secrets.urlHashidsSalt];
    for (const app of Object.keys(secrets.nats)) {
      const environment = environmentOf(first, app);
      expect(all.filter((secret) => environment.includes(secret))).toEqual(
        own(app).filter((secret) => secret !== undefined),
      );
      expect(environment).not.toContain('from outside');
      expect(environment).not.toContain('HOME=');
    }
    expect(environmentOf(first, 'runner')).toContain('RUNNER_PERMITS=1');
  });

  it(
    'takes everything along when it is killed, and finds its data at the next start',
    async () => {
      const { submission_id: id } = await submit(first);
      const parts = first.processes();
      expect(parts.length).toBeGreaterThan(7);
      const [main] = parts;
      if (main) process.kill(main.pid, 'SIGKILL');
      await first.start();
      await expect(statusOf(first, id)).resolves.toBe(200);
      await until('all parts are gone', () => !parts.some(isRunning));
    },
    START_TIMEOUT_MS,
  );

  it('stops all that it started, and exits with 0', async () => {
    await expect(first.stop()).resolves.toEqual({ code: 0, left: [] });
  });
});

/** A start that is expected to end by itself. */
function startAgain(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [path.join(__dirname, 'start.mjs')],
      { env: { ...process.env, ...env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

async function submit(copy: PrivateCopy): Promise<{ submission_id: string }> {
  const response = await fetch(`${copy.url}/v1/submissions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ language: 'python', code: 'print(1)' }),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as { submission_id: string };
}

async function statusOf(copy: PrivateCopy, id: string): Promise<number> {
  const response = await fetch(`${copy.url}/v1/submissions/${id}`);
  await response.body?.cancel();
  return response.status;
}

function environmentOf(copy: PrivateCopy, app: string): string {
  const process = copy.processOf(app);
  if (!process) throw new Error(`${app} does not run`);
  return readFileSync(`/proc/${process.pid}/environ`, 'utf8');
}

function isRunning({ pid, startTicks }: { pid: number; startTicks: number }): boolean {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] !== 'Z' && Number(fields[19]) === startTicks;
  } catch {
    return false;
  }
}
