import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../libs/platform/test/until';
import { useBetween } from './lib/bench/profile.mjs';
import { UsageReader } from './lib/bench/usage.mjs';
import { freePort } from './lib/ports.mjs';
import { PrivateCopy } from './lib/private.copy.mjs';
import { UIDS } from './lib/unprivileged.mjs';

/** The first start in a fresh clone installs and builds. */
const START_TIMEOUT_MS = 600_000;
const isRoot = process.getuid?.() === 0;
/** Some user of the machine who is neither root nor a part of ours. */
const FOREIGN = 65_432;

describe('npm start', () => {
  const first = new PrivateCopy({ NATS_GATEWAY_PASSWORD: 'from outside', RUNNER_PERMITS: '1' });
  const environment: Record<string, string> = { PORT: '0' };
  const second = new PrivateCopy(environment);
  /** Never started: a data directory for starts that are refused. */
  const unused = new PrivateCopy();

  beforeAll(async () => {
    environment.RUNBIN_NATS_MONITOR_PORT = String(await freePort());
    foreign.make();
    await first.start();
    await second.start();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await first.discard();
    await second.discard();
    await unused.discard();
    foreign.remove();
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

  if (isRoot) {
    it('refuses a data directory that another user could change under it', async () => {
      const theirs = mkdtempSync(path.join(tmpdir(), 'theirs-'));
      lchownSync(theirs, FOREIGN, FOREIGN);
      const { code, output } = await startAgain({ PORT: '0', RUNBIN_DATA_DIR: theirs });
      const made = readdirSync(theirs);
      rmSync(theirs, { recursive: true });
      expect(output).toContain(`belongs to another user (${FOREIGN})`);
      expect([code, made]).toEqual([1, []]);
    });

    it('runs nothing as root but itself and what gives sandboxes their users', () => {
      const running = first.processes().filter(({ pid }) => statusOfProcess(pid) !== '');
      const ofRoot = running.filter(({ pid }) => uidsOf(pid).includes(0)).map(({ pid }) => commandOf(pid));
      expect(
        [
          ...new Set(
            ofRoot.map((words) =>
              path.basename(words.find((one) => /start\.mjs|launcher$/.test(one)) ?? words.join(' ')),
            ),
          ),
        ].sort(),
      ).toEqual(['launcher', 'start.mjs']);
      for (const [part, uid] of Object.entries(UIDS)) {
        const status = statusOfProcess(first.processOf(part)?.pid ?? 0);
        expect(`${part} ${/^Uid:.*$/m.exec(status)?.[0]}`).toBe(`${part} Uid:${`\t${uid}`.repeat(4)}`);
        expect(status).toMatch(/^CapEff:\t0+$/m);
        expect(status).toMatch(/^CapBnd:\t0+$/m);
        expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      }
    });

    it('keeps from each part what is not its own', () => {
      const visible = (part: string) => {
        const root = `/proc/${first.processOf(part)?.pid}/root`;
        return readdirSync(path.join(root, first.dataDir)).sort();
      };
      expect(['nats', 'postgres', 'runner'].map(visible)).toEqual([['nats'], ['postgres'], ['artifacts']]);
      // The others need nothing of it, and cannot enter it.
      expect(lstatSync(first.dataDir)).toMatchObject({ uid: 0, mode: 0o40700 });
    });

    it(
      'takes over what root owned in a data directory of before, and follows no link',
      async () => {
        const { submission_id: id } = await submit(second);
        await second.stop();
        for (const part of ['nats', 'artifacts', 'postgres']) {
          const directory = path.join(second.dataDir, part);
          symlinkSync(foreign.victim, path.join(directory, 'link'));
          execFileSync('chown', ['--recursive', '--no-dereference', '0:0', directory]);
        }
        await second.start();
        await expect(statusOf(second, id)).resolves.toBe(200);
        const { nats, runner, postgres } = UIDS;
        const wanted = {
          ...{ nats, 'nats/jetstream': nats, 'nats/link': nats, artifacts: runner, 'artifacts/link': runner },
          ...{ postgres, 'postgres/PG_VERSION': postgres, 'postgres/link': postgres },
        };
        const owners = Object.keys(wanted).map((name) => [
          name,
          lstatSync(path.join(second.dataDir, name)).uid,
        ]);
        expect(Object.fromEntries(owners)).toEqual(wanted);
        expect(lstatSync(foreign.victim).uid).toBe(0);
      },
      START_TIMEOUT_MS,
    );
  }

  it('leaves alone what is named like its own in the temporary directory, and starts beside it', () => {
    expect(foreign.facts()).toEqual(foreign.made);
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
      expect(environment).toContain('\0HOME=/nonexistent\0');
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

  it('draws the card of a link', async () => {
    const { submission_id } = await submit(first);
    const made = await fetch(`${first.url}/v1/submissions/${submission_id}/url`, { method: 'POST' });
    const { code } = (await made.json()) as { code: string };
    const card = await fetch(`${first.url}/s/${code}/card.png`);
    expect([card.status, card.headers.get('content-type')]).toEqual([200, 'image/png']);
    await card.arrayBuffer();
  });

  it('stops all that it started in order, and exits with 0, when one press reaches it twice', async () => {
    for (const signal of ['SIGINT', 'SIGHUP']) process.kill(first.processes()[0]?.pid ?? 0, signal);
    await expect(first.stop()).resolves.toEqual({ code: 0, left: [] });
    // Only a database that was killed leaves it.
    expect(existsSync(path.join(first.dataDir, 'postgres/postmaster.pid'))).toBe(false);
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

/** What another user of the machine has put into the temporary directory, under names of ours. */
const foreign = {
  victim: '',
  paths: [] as string[],
  made: [] as unknown[],
  make() {
    this.victim = mkdtempSync(path.join(tmpdir(), 'victim-'));
    writeFileSync(path.join(this.victim, 'file'), '');
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0];
    const { pid: dead } = spawnSync('true');
    this.paths = ['directory', 'link'].map((name) =>
      path.join(tmpdir(), `runbin-${namespace}-${dead}-${name}`),
    );
    const [directory = '', link = ''] = this.paths;
    mkdirSync(directory);
    symlinkSync(this.victim, path.join(directory, 'inner'));
    symlinkSync(this.victim, link);
    if (isRoot) this.paths.forEach((one) => lchownSync(one, FOREIGN, FOREIGN));
    this.made = this.facts();
  },
  facts(): unknown[] {
    return [this.victim, path.join(this.victim, 'file'), ...this.paths].map((one) => {
      if (!existsSync(path.dirname(one)) || !lstatSync(one, { throwIfNoEntry: false }))
        return `${one} is gone`;
      const { uid, mode, mtimeMs } = lstatSync(one);
      return [one, uid, mode, mtimeMs];
    });
  },
  remove() {
    for (const one of [this.victim, ...this.paths]) rmSync(one, { recursive: true, force: true });
  },
};

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);

/** Empty when it has ended. */
function statusOfProcess(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

const uidsOf = (pid: number) =>
  (/^Uid:(.*)$/m.exec(statusOfProcess(pid))?.[1] ?? '').trim().split(/\s+/).filter(Boolean).map(Number);

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
