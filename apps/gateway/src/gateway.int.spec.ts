import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { DEFAULT_CAPS, DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { resultGet, submissionCreate } from '@runbin/contracts/rpc';
import { isBelow, versionNumbers } from '@runbin/platform/version.floor';
import { until } from '../../../libs/platform/test/until';
import { GatewayUnderTest } from '../test/gateway.under.test';

function natsIsOld(): boolean {
  const env = { PATH: `${process.env.PATH}:/usr/sbin` };
  const { stdout } = spawnSync('nats-server', ['--version'], { env });
  return isBelow(versionNumbers(stdout.toString()), [2, 12, 5]);
}

describe('the four operations', () => {
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start();
  });
  afterAll(() => gateway.stop());

  const onlyId = () => [...gateway.services.backend.created.keys()].at(-1) ?? '';

  /** The id of the submission that is being waited for, once it was created. */
  async function nextCreated(): Promise<string> {
    const { created } = gateway.services.backend;
    const before = created.size;
    while (created.size === before) await new Promise((resolve) => setImmediate(resolve));
    return onlyId();
  }

  it('submitCode answers 201 with id, token and address, and sends only the hash of the token on', async () => {
    const answer = await gateway.post('/v1/submissions', {
      language: 'py',
      code: 'print(input())',
      code_input: 'x\0y',
      args: ['a'],
      limits: { cpu_time_ms: 100 },
    });
    expect(answer.status).toBe(201);
    const { submission_id, owner_token } = answer.body;
    expect(answer.body).toMatchObject({ status: 'queued', created_at: expect.any(String) as string });
    expect(answer.headers.get('location')).toBe(`/v1/submissions/${String(submission_id)}`);
    const sent = gateway.services.backend.created.get(String(submission_id));
    expect(sent).toMatchObject({
      language: 'python',
      payload: {
        files: [{ name: 'main.py', content: 'print(input())', encoding: 'utf-8' }],
        stdin: { content: 'x\0y', encoding: 'utf-8' },
      },
      args: ['a'],
      limits: { cpu_time_ms: 100, wall_time_ms: 10_000, processes: 64 },
      owner_token_sha256: createHash('sha256').update(String(owner_token)).digest('hex'),
    });
    expect(Buffer.from(String(owner_token), 'base64url')).toHaveLength(32);
  });

  it('submitCode?wait answers 200 and the result as soon as it is announced, asking once', async () => {
    const { backend } = gateway.services;
    const asked = backend.timesAsked(resultGet.subject);
    const answer = gateway.post('/v1/submissions?wait=20', { language: 'python', code: '' });
    const id = await nextCreated();
    await gateway.services.finish(id);
    const { status, body } = await answer;
    expect(status).toBe(200);
    expect(body).toMatchObject({
      submission_id: id,
      status: 'succeeded',
      stdout: 'hello\n',
      owner_token: expect.any(String) as string,
    });
    expect(backend.timesAsked(resultGet.subject) - asked).toBe(1);
  });

  it('submitCode?wait answers 201 when the time is over', async () => {
    const { status, body } = await gateway.post('/v1/submissions?wait=0.05', {
      language: 'python',
      code: '',
    });
    expect([status, body.status]).toEqual([201, 'queued']);
  });

  it('getResult answers queued, running and final', async () => {
    const id = await gateway.submit();
    expect((await gateway.get(`/v1/submissions/${id}/result`)).body).toMatchObject({
      submission_id: id,
      status: 'queued',
      message: 'Your submission is in queue.',
      stdout: '',
      usage: null,
      timeline: { queued_at: expect.any(String) as string, started_at: null, finished_at: null },
    });
    await gateway.services.finish(id, { status: 'running', message: 'Your submission is running.' });
    expect((await gateway.get(`/v1/submissions/${id}/result`)).body.status).toBe('running');
    await gateway.services.finish(id);
    expect((await gateway.get(`/v1/submissions/${id}/result`)).body).toMatchObject({
      status: 'succeeded',
      exit_code: 0,
    });
  });

  it('getResult finds a result that was stored and heard of while it asked', async () => {
    const { services } = gateway;
    const id = await gateway.submit();
    services.backend.beforeSummary = async () => {
      await services.finish(id);
      services.backend.finished.add(id);
    };
    const { status, body } = await gateway.get(`/v1/submissions/${id}/result`);
    expect([status, body.status]).toEqual([200, 'succeeded']);
  });

  it('getResult says so when a finished result is no longer kept', async () => {
    const id = await gateway.submit();
    gateway.services.backend.finished.add(id);
    const { status, body } = await gateway.get(`/v1/submissions/${id}/result`);
    expect([status, body.code]).toEqual([410, 'result_gone']);
  });

  it('getResult?wait is not woken by a run that has only started', async () => {
    const id = await gateway.submit();
    const answer = gateway.get(`/v1/submissions/${id}/result?wait=20`);
    await gateway.services.finish(id, { status: 'running', message: 'Your submission is running.' });
    await gateway.services.finish(id);
    expect((await answer).body.status).toBe('succeeded');
  });

  it('generateUrl makes a link once; getSubmission opens it', async () => {
    const id = await gateway.submit({ code: 'print("é")', code_input: 'in' });
    await gateway.services.finish(id);
    const made = await gateway.fetch(`/v1/submissions/${id}/url`, { method: 'POST' });
    expect(made.status).toBe(201);
    const link = (await made.json()) as Record<string, string>;
    expect(link.unique_url).toBe(`http://localhost:${gateway.port}/s/${link.code}`);
    const again = await gateway.post(`/v1/submissions/${id}/url`, {});
    expect([again.status, again.body.unique_url]).toEqual([200, link.unique_url]);
    const opened = await gateway.get(`/v1/urls/${link.code}`);
    expect(opened.body).toMatchObject({
      submission: { code: 'print("é")', code_input: 'in', language_version: '3.11.2' },
      result: { status: 'succeeded', stdout: 'hello\n' },
      result_problem: null,
    });
  });

  it('answers 404 for what does not exist', async () => {
    const absent = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e';
    const answers = await Promise.all([
      gateway.get(`/v1/submissions/${absent}`),
      gateway.get(`/v1/submissions/${absent}/result`),
      gateway.get(`/v1/submissions/${absent}/result?wait=10`),
      gateway.post(`/v1/submissions/${absent}/url`, {}),
      gateway.get('/v1/urls/aaaaaaaaaaaa'),
    ]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'submission_not_found'],
      [404, 'submission_not_found'],
      [404, 'submission_not_found'],
      [404, 'submission_not_found'],
      [404, 'link_not_found'],
    ]);
  });

  it('shows the code of a link while the result service is stopped, and says what is missing', async () => {
    const id = await gateway.submit({ code: 'shown' });
    const { body } = await gateway.post(`/v1/submissions/${id}/url`, {});
    await gateway.services.stop('result');
    try {
      const opened = await gateway.get(`/v1/urls/${String(body.code)}`);
      expect(opened.status).toBe(200);
      expect(opened.body).toMatchObject({
        submission: { code: 'shown' },
        result: null,
        result_problem: { code: 'unavailable' },
      });
      const page = await gateway.fetch(`/s/${String(body.code)}`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('shown');
      const result = await gateway.get(`/v1/submissions/${id}/result`);
      expect([result.status, result.body.code, result.headers.get('retry-after')]).toEqual([
        503,
        'unavailable',
        '1',
      ]);
      // What was accepted stays accepted, whatever became of the waiting.
      const waited = await gateway.post('/v1/submissions?wait=0.2', { language: 'python', code: '' });
      expect(waited.status).toBe(201);
    } finally {
      await gateway.services.start('result');
    }
  });

  it('submits and answers results while url is stopped', async () => {
    await gateway.services.stop('url');
    try {
      const id = await gateway.submit();
      await gateway.services.finish(id);
      expect((await gateway.get(`/v1/submissions/${id}/result`)).body.status).toBe('succeeded');
      expect((await gateway.get('/v1/urls/aaaaaaaaaaaa')).status).toBe(503);
    } finally {
      await gateway.services.start('url');
    }
  });

  it('queues while no runner is ready, and refuses a language that no ready runner offers', async () => {
    await gateway.services.heartbeat({ ready: false, reason: 'a wall does not hold', languages: [] });
    expect((await gateway.post('/v1/submissions', { language: 'ruby', code: '' })).status).toBe(201);
    await gateway.services.heartbeat();
    const languages = await until('a language is available', async () => {
      const { body } = await gateway.get('/v1/languages');
      const listed = body.languages as { id: string; available: boolean; version: string | null }[];
      return listed.some(({ available }) => available) ? listed : undefined;
    });
    expect(languages.find(({ id }) => id === 'python')).toMatchObject({
      available: true,
      version: '3.11.2',
      limits: DEFAULT_LIMITS,
      takes_compiler_args: false,
    });
    expect((await gateway.get('/v1/languages')).body.limit_caps).toEqual(DEFAULT_CAPS);
    expect(languages.find(({ id }) => id === 'ruby')).toMatchObject({ available: false, version: null });
    const refused = await gateway.post('/v1/submissions', { language: 'ruby', code: '' });
    expect([refused.status, refused.body.code]).toEqual([422, 'language_unavailable']);
    expect(refused.body.detail).toContain('python');
    expect(gateway.services.backend.timesAsked(submissionCreate.subject)).toBe(
      gateway.services.backend.created.size,
    );
  });

  it('/readyz does the round trip; /healthz only answers', async () => {
    await gateway.services.heartbeat();
    const ready = await until('it is ready', async () => {
      const answer = await gateway.get('/readyz');
      return answer.status === 200 ? answer : undefined;
    });
    expect(ready.body).toMatchObject({
      status: 'ok',
      checks: { nats: 'ok', submission: 'ok', result: 'ok', url: 'ok', runner: 'ok' },
      degraded: natsIsOld() ? [expect.stringMatching(/^nats-server [\d.]+ is older than 2\.12\.5$/)] : [],
      runners: [
        {
          runner_id: 'runner-1',
          ready: true,
          engine: 'bubblewrap',
          languages: 1,
          permits: { total: 2, free: 2 },
        },
      ],
    });
    await gateway.services.stop('url');
    try {
      const unready = await until('it is not ready', async () => {
        const answer = await gateway.get('/readyz');
        return answer.status === 503 ? answer : undefined;
      });
      expect(unready.body).toMatchObject({
        status: 'unavailable',
        checks: { submission: 'ok', url: 'url does not answer' },
      });
      expect((await gateway.get('/healthz')).body).toEqual({ status: 'ok' });
    } finally {
      await gateway.services.start('url');
    }
  });

  it('wakes those who wait when the broker comes back, since an announcement may have been missed', async () => {
    const id = await gateway.submit();
    const asked = gateway.services.backend.timesAsked(resultGet.subject);
    const answer = gateway.get(`/v1/submissions/${id}/result?wait=25`);
    await until('it is asked', () => gateway.services.backend.timesAsked(resultGet.subject) > asked);
    // Behind the reply to that question, on the same connection.
    await gateway.get(`/v1/submissions/${id}/result`);
    await gateway.services.finish(id, {}, { announce: false });
    await gateway.nats.interrupt();
    await gateway.nats.resume();
    expect((await answer).body.status).toBe('succeeded');
  });
});
