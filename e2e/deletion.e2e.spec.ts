import { randomUUID } from 'node:crypto';
import { SubmitCodeFinishedResponseSchema } from '@runbin/contracts/operations';
import { ResultSchema } from '@runbin/contracts/result';
import { GenerateUrlResponseSchema } from '@runbin/contracts/url';
import { processesNaming } from '../tools/lib/private.copy.mjs';
import { acceptedOf, bodyOf, problemOf } from './answers';
import { IS_COMPOSE, DEPLOYED_URL } from './environment';
import { useSystem } from './system';
import { until } from '../libs/platform/test/until';

const HELLO = { language: 'python', code: 'print("hello")' };
/** Long before the program would end by itself. */
const PROMPTLY_MS = 15_000;
const FAULT_TIMEOUT_MS = 120_000;

const system = useSystem();

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const remove = (path: string, token?: string | null) =>
  system.client.request('DELETE', path, typeof token === 'string' ? { headers: bearer(token) } : {});
const submission = (id: string) => `/v1/submissions/${id}`;
const link = (code: string) => `/v1/urls/${code}`;

async function finished() {
  const answer = await system.client.submitCode(HELLO, { wait: 30 });
  return bodyOf(answer, 200, SubmitCodeFinishedResponseSchema);
}

async function linkOf(id: string, options = {}): Promise<string> {
  return bodyOf(await system.client.generateUrl(id, options), 201, GenerateUrlResponseSchema).code;
}

describe('deletion by the owner', () => {
  it('takes code, result and links, and says that the links are gone', async () => {
    const { client } = system;
    const { submission_id: id, owner_token } = await finished();
    const codes = [await linkOf(id), await linkOf(id, { expires_in_seconds: 600 })];
    const answer = await remove(submission(id), owner_token);
    expect([answer.status, answer.text]).toEqual([204, '']);

    problemOf(await client.request('GET', submission(id)), 'submission_not_found');
    problemOf(await client.getResult(id), 'submission_not_found');
    problemOf(await client.generateUrl(id), 'submission_not_found');
    for (const code of codes) {
      problemOf(await client.getSubmission(code), 'link_gone');
      expect((await client.request('GET', `/s/${code}`)).status).toBe(410);
    }
    problemOf(await remove(submission(id), owner_token), 'submission_not_found');
  });

  it('is for whoever has the token of that submission, and for nobody else', async () => {
    const [mine, others] = [await finished(), await finished()];
    const code = await linkOf(mine.submission_id);
    for (const [path, absent] of [
      [submission(mine.submission_id), 'submission_not_found'],
      [link(code), 'link_not_found'],
    ] as const) {
      const unauthorized = await remove(path);
      problemOf(unauthorized, 'owner_token_missing');
      expect(unauthorized.headers['www-authenticate']).toBe('Bearer');
      problemOf(await remove(path, 'a'), absent);
      problemOf(await remove(path, others.owner_token), absent);
      problemOf(await remove(`${path}?force=1`, mine.owner_token), 'invalid_request');
    }
    problemOf(await remove(submission(randomUUID()), mine.owner_token), 'submission_not_found');
    problemOf(await remove(submission('x'), mine.owner_token), 'invalid_id');
    expect((await system.client.getSubmission(code)).status).toBe(200);
  });

  it('revokes one link, and leaves the submission and its other links', async () => {
    const { client } = system;
    const { submission_id: id, owner_token } = await finished();
    const [code, other] = [await linkOf(id), await linkOf(id, { expires_in_seconds: 600 })];
    expect((await remove(link(code), owner_token)).status).toBe(204);
    problemOf(await client.getSubmission(code), 'link_gone');
    problemOf(await remove(link(code), owner_token), 'link_gone');
    problemOf(await remove(link('aaaaaaaa'), owner_token), 'link_not_found');
    expect((await client.getSubmission(other)).status).toBe(200);
    bodyOf(await client.getResult(id), 200, ResultSchema);
    expect(await linkOf(id)).not.toBe(code);
  });

  it('ends a run that goes on, answers who waits for it, and nothing comes of it', async () => {
    const { client } = system;
    const marker = `marker-${randomUUID()}`;
    const code = 'import time; print("started", flush=True); time.sleep(60)';
    const limits = { wall_time_ms: 60_000 };
    const submitted = await client.submitCode({ language: 'python', code, args: [marker], limits });
    const accepted = acceptedOf(submitted);
    const { submission_id: id, owner_token } = accepted;
    const isHere = DEPLOYED_URL === undefined || IS_COMPOSE;
    if (isHere) await until('the program runs', () => processesNaming(marker).length > 0);
    const since = performance.now();
    const waiting = client.getResult(id, { wait: 30 });
    expect((await remove(submission(id), owner_token)).status).toBe(204);
    problemOf(await waiting, 'submission_not_found');
    expect(performance.now() - since).toBeLessThan(PROMPTLY_MS);
    if (isHere) {
      await until('it has ended', () => processesNaming(marker).length === 0, PROMPTLY_MS);
      expect(performance.now() - since).toBeLessThan(2 * PROMPTLY_MS);
    }
    problemOf(await client.getResult(id, { wait: 3 }), 'submission_not_found');
  });

  it(
    'is promised while other services are away, and kept when they are back',
    async () => {
      const { client, services } = system;
      if (!services) return; // these services are not ours to break
      const { submission_id: id, owner_token } = await finished();
      const code = await linkOf(id);
      const bringBack = [await services.hold('result'), await services.hold('url')];
      expect((await remove(submission(id), owner_token)).status).toBe(204);
      problemOf(await client.request('GET', submission(id)), 'submission_not_found');
      await services.kill('submission');
      for (const release of bringBack) await release();
      await client.untilReady(FAULT_TIMEOUT_MS / 2);
      await until(
        'the result is gone',
        async () => (await client.getResult(id)).status === 404,
        FAULT_TIMEOUT_MS / 2,
      );
      problemOf(await client.getSubmission(code), 'link_gone');
    },
    FAULT_TIMEOUT_MS,
  );
});
