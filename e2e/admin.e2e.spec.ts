import { connect } from '@nats-io/transport-node';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { RUN_FINISHED, workSubject } from '@runbin/contracts/subjects';
import { SubmissionSchema } from '@runbin/contracts/submission';
import { GenerateUrlResponseSchema, GetSubmissionResponseSchema } from '@runbin/contracts/url';
import { natsOptions } from '@runbin/platform/nats.options';
import { Client } from '../tools/lib/client.mjs';
import { PrivateCopy } from '../tools/lib/private.copy.mjs';
import { acceptedOf, bodyOf } from './answers';
import { until } from '../libs/platform/test/until';

const START_TIMEOUT_MS = 600_000;
const ADMIN = path.join(__dirname, '../tools/admin.mjs');

/** What the reconciler takes for silence: short, so that the tests need not wait a minute for it. */
const SETTINGS = { SUBMISSION_RECONCILE_AFTER_MS: '2000' };

/** A copy of our own, as whoever looks after it sees it: `npm run admin` on its data directory. */
class LookedAfter {
  readonly copy = new PrivateCopy(SETTINGS);
  private opened: Client | undefined;

  async start(): Promise<this> {
    this.opened = new Client(await this.copy.start());
    return this;
  }

  get client(): Client {
    if (!this.opened) throw new Error('it was not started');
    return this.opened;
  }

  /** Exit code and everything that it printed. */
  admin(...args: string[]): Promise<{ code: number; output: string }> {
    const env = { ...process.env, RUNBIN_DATA_DIR: this.copy.dataDir };
    return new Promise((resolve) => {
      execFile(process.execPath, [ADMIN, ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
      });
    });
  }

  async adminDoes(...args: string[]): Promise<string> {
    const { code, output } = await this.admin(...args);
    if (code !== 0) throw new Error(output);
    return output;
  }

  /** Puts a message on the wire as one of the services would. */
  async publishAs(user: 'submission' | 'runner', subject: string, message: string): Promise<void> {
    const read = <T>(name: string) =>
      JSON.parse(readFileSync(path.join(this.copy.dataDir, name), 'utf8')) as T;
    const { nats } = read<{ nats: Record<string, string> }>('secrets.json');
    const { natsPort } = read<{ natsPort: number }>('addresses.json');
    const config = { NATS_URL: `127.0.0.1:${natsPort}`, NATS_USER: user, NATS_PASSWORD: nats[user] };
    const connection = await connect(natsOptions(config, 'test'));
    await connection.request(subject, message, { timeout: 5_000 });
    await connection.close();
  }

  async discard(): Promise<void> {
    this.opened?.close();
    const { code, left } = await this.copy.discard();
    expect({ code, left }).toEqual({ code: 0, left: [] });
  }
}

describe('npm run admin', () => {
  const old = new LookedAfter();
  const files = mkdtempSync(path.join(tmpdir(), 'runbin-admin-'));
  const file = path.join(files, 'backup');

  beforeAll(() => old.start(), START_TIMEOUT_MS);
  afterAll(async () => {
    await old.discard();
    rmSync(files, { recursive: true });
  }, START_TIMEOUT_MS);

  it('explains itself, also when it is not understood', async () => {
    expect(await old.admin()).toEqual({
      code: 0,
      output: expect.stringContaining('dead-letters replay') as string,
    });
    for (const args of [['backup'], ['dead-letters', 'show', 'x'], ['nonsense']])
      expect(await old.admin(...args)).toMatchObject({
        code: 1,
        output: expect.stringContaining('backup <file>') as string,
      });
  });

  describe('dead-letters', () => {
    const listed = async () =>
      (await old.adminDoes('dead-letters', 'list')).split('\n').filter((line) => line);
    const untilListed = async (text: string): Promise<string> => {
      let found: string | undefined;
      await until(`${text} is a dead letter`, async () => {
        found = (await listed()).find((line) => line.includes(text));
        return found !== undefined;
      });
      return found?.split('\t')[0] ?? '';
    };

    it('work that was given up is run again as a new submission of the same owner', async () => {
      const submission = { language: 'python', code: 'print(input())', code_input: 'ünï', args: ['a b'] };
      const { submission_id } = acceptedOf(await old.client.submitCode(submission));
      const first = await old.client.finalResult(submission_id);
      await old.publishAs('submission', workSubject('python', submission_id), 'not what a runner can read');
      const number = await untilListed(submission_id);
      expect(await old.adminDoes('dead-letters', 'show', number)).toContain('not what a runner can read');

      const output = await old.adminDoes('dead-letters', 'replay', number);
      const again = /as ([0-9a-f-]{36})/.exec(output)?.[1] ?? '';
      expect(again).not.toBe(submission_id);
      expect(await old.client.finalResult(again)).toMatchObject({ status: 'succeeded', stdout: 'ünï\n' });
      const read = await old.client.request('GET', `/v1/submissions/${again}`);
      expect(bodyOf(read, 200, SubmissionSchema)).toMatchObject({ ...submission, submission_id: again });
      expect(await old.client.finalResult(submission_id)).toEqual(first);
      expect((await listed()).join()).not.toContain(submission_id);
    });

    it('work of a submission that is gone stays until it is dropped', async () => {
      const id = randomUUID();
      await old.publishAs('submission', workSubject('python', id), 'not what a runner can read');
      const number = await untilListed(id);
      const { code, output } = await old.admin('dead-letters', 'replay', 'all');
      expect(code).toBe(1);
      expect(output).toContain(`${number}: not replayed, and kept: Submission ${id} is gone`);
      await old.adminDoes('dead-letters', 'drop', number);
      expect(await listed()).toEqual([]);
    });

    it('an event that could not be stored is published again as it was, and may become a letter again', async () => {
      const marker = randomUUID();
      await old.publishAs('runner', RUN_FINISHED, JSON.stringify({ v: 1, marker }));
      const number = await untilListed(RUN_FINISHED);
      expect(await old.adminDoes('dead-letters', 'show', number)).toContain(marker);
      expect(await old.adminDoes('dead-letters', 'replay', 'all')).toContain(`published on ${RUN_FINISHED}`);
      let next = number;
      await until('it is put aside again', async () => (next = await untilListed(RUN_FINISHED)) !== number);
      await old.adminDoes('dead-letters', 'drop', next);
      expect(await listed()).toEqual([]);
      expect(await old.admin('dead-letters', 'drop', next)).toMatchObject({ code: 1 });
    });
  });

  it(
    'a backup opens an old link in an empty Runbin, and what had no result in it gets one',
    async () => {
      const binary = Buffer.from([0, 255, 10, 13, 0xe2, 0x80, 0xa8]).toString('base64');
      const done = await old.client.run({
        language: 'python',
        code: 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()) # \u2028',
        code_input: binary,
        code_input_encoding: 'base64',
      });
      expect(done).toMatchObject({ status: 'succeeded', stdout: binary, stdout_encoding: 'base64' });
      const link = bodyOf(await old.client.generateUrl(done.submission_id), 201, GenerateUrlResponseSchema);
      const shown = bodyOf(await old.client.getSubmission(link.code), 200, GetSubmissionResponseSchema);
      const slow = { language: 'python', code: 'import time; time.sleep(4); print("late")' };
      const unfinished = acceptedOf(await old.client.submitCode(slow));
      expect(await old.adminDoes('backup', file)).toMatch(/submission\.submission [3-9], /);
      expect(statSync(file).mode & 0o777).toBe(0o600);

      const fresh = await new LookedAfter().start();
      try {
        expect(await old.admin('restore', file)).toMatchObject({
          code: 1,
          output: expect.stringContaining('is not empty') as string,
        });
        expect(await fresh.adminDoes('restore', file)).toContain('Stop Runbin and start it again');
        expect((await fresh.copy.stop()).code).toBe(0);
        expect(existsSync(path.join(fresh.copy.dataDir, 'addresses.json'))).toBe(false);
        await fresh.start();
        const opened = await fresh.client.getSubmission(link.code);
        expect(bodyOf(opened, 200, GetSubmissionResponseSchema)).toEqual(shown);
        expect(await fresh.client.finalResult(unfinished.submission_id)).toMatchObject({ stdout: 'late\n' });
        // Numbers of links go on after the old ones.
        const another = await fresh.client.generateUrl(unfinished.submission_id);
        expect(bodyOf(another, 201, GenerateUrlResponseSchema).code).not.toBe(link.code);
      } finally {
        await fresh.discard();
      }
    },
    START_TIMEOUT_MS,
  );

  it('refuses what is no backup, or not a whole one, and changes nothing', async () => {
    const cut = path.join(files, 'cut');
    const whole = readFileSync(file);
    writeFileSync(cut, whole.subarray(0, whole.length - 40));
    const before = await old.adminDoes('backup', path.join(files, 'before'));
    expect((await old.admin('restore', cut, '--replace')).code).toBe(1);
    expect((await old.admin('restore', ADMIN, '--replace')).output).toContain('can not be read as a backup');
    const after = await old.adminDoes('backup', path.join(files, 'before'));
    expect(after).toBe(before);
  });

  it('makes the folder of a backup, and says in a line which file it can not write or read', async () => {
    const nested = path.join(files, 'not/yet/there');
    await old.adminDoes('backup', nested);
    expect(existsSync(nested)).toBe(true);
    const cut = path.join(files, 'cut');
    for (const [command, place, verb] of [
      ['backup', path.join(nested, 'below'), 'written'],
      ['backup', files, 'written'],
      ['restore', path.join(files, 'missing'), 'read as a backup'],
      ['restore', files, 'read as a backup'],
      ['restore', cut, 'read as a backup'],
    ] as const) {
      const { code, output } = await old.admin(
        command,
        place,
        ...(command === 'restore' ? ['--replace'] : []),
      );
      expect(code).toBe(1);
      expect(output.trim()).toMatch(new RegExp(`^${place} can not be ${verb}: .*$`));
    }
  });
});
