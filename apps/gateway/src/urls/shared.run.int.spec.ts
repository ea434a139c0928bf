import { inflateRawSync } from 'node:zlib';
import { OPERATIONS, type Operation } from '@runbin/contracts/operations';
import { FollowEventSchema, SharedEventSchema } from '@runbin/contracts/follow.events';
import { SharedResultSchema } from '@runbin/contracts/result';
import { GetSubmissionResponseSchema } from '@runbin/contracts/url';
import { until } from '../../../../libs/platform/test/until';
import { EventSourceUnderTest } from '../../test/event.source';
import { GatewayUnderTest } from '../../test/gateway.under.test';
import { Budgets } from '../admission/budgets';
import { OpenLinks } from './open.links';

/** Everything that takes the code of a link, with what it needs besides. */
const OF_LINKS = Object.entries<Operation>(OPERATIONS).filter(
  ([id, { path }]) => path.includes('{code}') || id === 'getOEmbed',
);

describe('what is known by the code of a link', () => {
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start();
  });
  afterAll(() => gateway.stop());

  async function link(outcome: Record<string, unknown> | null = {}) {
    const id = await gateway.submit({ code: 'print(1)\n', code_input: 'in', args: ['a'] });
    if (outcome) await gateway.services.finish(id, outcome);
    const { body } = await gateway.post(`/v1/submissions/${id}/url`, {});
    return { id, code: String(body.code) };
  }

  function revoke(code: string): void {
    gateway.services.backend.revoked.add(code);
  }

  function expire(code: string): void {
    const known = gateway.services.backend.links.get(code);
    if (known) gateway.services.backend.links.set(code, { ...known, expires_at: '2020-01-01T00:00:00.000Z' });
  }

  describe('is told without the id of the submission', () => {
    /** Headers and body, what is packed in it unpacked; of events those that have come until the run ends or waits. */
    async function answerOf(operation: Operation, code: string): Promise<string> {
      const path = operation.path.replace('{code}', code).replace('{file}', 'main.py');
      const query = path === '/oembed' ? `?url=http://localhost:${gateway.port}/s/${code}` : '';
      const gone = new AbortController();
      const response = await gateway.fetch(`${path}${query}`, {
        method: operation.method,
        signal: gone.signal,
        headers: operation.byOwner ? { authorization: 'Bearer of-somebody-else' } : {},
      });
      const head = JSON.stringify([response.status, [...response.headers]]);
      const type = response.headers.get('content-type') ?? '';
      if (!type.startsWith('text/event-stream'))
        return head + unpacked(Buffer.from(await response.arrayBuffer()));
      let text = '';
      const decoder = new TextDecoder();
      const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
      for await (const bytes of body ?? []) {
        text += decoder.decode(bytes, { stream: true });
        // A run that goes on tells nothing more for now.
        if (/"status":"(?:queued|running)"/.test(text) && !text.includes('"attempt":1')) break;
      }
      gone.abort();
      expect(text).toContain('event: ');
      return head + text;
    }

    const cases = OF_LINKS.map(([id, operation]) => [id, operation] as const);

    it('at every address that takes one', () => {
      expect(cases.map(([id]) => id)).toEqual(
        expect.arrayContaining([
          ...['getSubmission', 'getSharedResult', 'followSharedRun', 'revokeUrl', 'openSharePage', 'readRaw'],
          ...['readRawFile', 'readOutput', 'downloadZip', 'getCard', 'openEmbed', 'getOEmbed'],
        ]),
      );
    });

    it.each(cases)('%s', async (_id, operation) => {
      const states: [name: string, code: string, id: string][] = [];
      const add = (name: string, { id, code }: { id: string; code: string }) => states.push([name, code, id]);
      add('finished', await link({ stderr: 'e\n' }));
      add('queued', await link(null));
      const forgotten = await link();
      gateway.services.backend.finished.add(forgotten.id);
      gateway.services.backend.results.delete(forgotten.id);
      add('result gone', forgotten);
      const deleted = await link();
      await gateway.services.forget(deleted.id);
      add('deleted', deleted);
      const expired = await link();
      expire(expired.code);
      add('expired', expired);
      const revoked = await link();
      revoke(revoked.code);
      add('revoked', revoked);
      for (const [name, code, id] of states) {
        const answer = await answerOf(operation, code);
        for (const hidden of [id, id.replaceAll('-', ''), id.slice(-12)])
          expect({ name, tells: answer.includes(hidden) }).toEqual({ name, tells: false });
      }
    });

    it('also where a submission is deleted between two questions', async () => {
      const { id, code } = await link(null);
      for (const path of ['', '/result', '/events']) {
        gateway.services.backend.deleted.delete(id);
        gateway.services.backend.beforeSummary = () =>
          Promise.resolve(void gateway.services.backend.deleted.add(id));
        const { status, body } = await gateway.get(`/v1/urls/${code}${path}`);
        expect([path, status, body.code, JSON.stringify(body).includes(id)]).toEqual([
          path,
          410,
          'link_gone',
          false,
        ]);
      }
    });
  });

  it('is the submission, its result and its events, as by the id', async () => {
    const { id, code } = await link({ stdout: 'one\n' });
    const shown = GetSubmissionResponseSchema.strict().parse((await gateway.get(`/v1/urls/${code}`)).body);
    expect(shown).toMatchObject({
      submission: { code: 'print(1)\n', code_input: 'in', language: 'python', language_version: '3.11.2' },
      result: { status: 'succeeded', stdout: 'one\n' },
      result_problem: null,
    });
    const { submission_id, ...byId } = (await gateway.get(`/v1/submissions/${id}/result`)).body;
    expect(submission_id).toBe(id);
    const result = (await gateway.get(`/v1/urls/${code}/result`)).body;
    expect(result).toEqual(byId);
    expect(SharedResultSchema.strict().safeParse(result).success).toBe(true);

    const followed = await (await EventSourceUnderTest.open(gateway, id)).ended();
    const shared = await (await EventSourceUnderTest.ofLink(gateway, code)).ended();
    expect(shared.ids).toEqual(followed.ids);
    expect(shared.output()).toBe('one\n');
    for (const { data } of shared.events) {
      expect(SharedEventSchema.safeParse(data).success).toBe(true);
      if (data.type !== 'output') expect(FollowEventSchema.safeParse(data).success).toBe(false);
    }
  });

  it('goes on behind a place, has no more behind the last, and takes HEAD', async () => {
    const { code } = await link({ stdout: 'one\n' });
    const [first] = (await (await EventSourceUnderTest.ofLink(gateway, code)).ended()).ids;
    const rest = await EventSourceUnderTest.ofLink(gateway, code, { 'last-event-id': first ?? '' });
    expect((await rest.ended()).ids).not.toContain(first);
    const nothing = await gateway.fetch(`/v1/urls/${code}/events?after=1.end`);
    expect([nothing.status, await nothing.text()]).toEqual([204, '']);
    const head = await gateway.fetch(`/v1/urls/${code}/events`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      '',
    ]);
  });

  it('is waited for', async () => {
    const { id, code } = await link(null);
    const waiting = gateway.get(`/v1/urls/${code}/result?wait=30`);
    await until('one waits', () => gateway.waitsInUse === 1);
    await gateway.services.finish(id, { stdout: 'late\n' });
    expect((await waiting).body).toMatchObject({ status: 'succeeded', stdout: 'late\n' });
    expect(gateway.waitsInUse).toBe(0);
  });

  it('ends with the link, at once where it is revoked by this gateway', async () => {
    const accepted = (await gateway.post('/v1/submissions', { language: 'python', code: '' })).body;
    const made = await gateway.post(`/v1/submissions/${String(accepted.submission_id)}/url`, {});
    const code = String(made.body.code);
    const byLink = await EventSourceUnderTest.ofLink(gateway, code);
    const byId = await EventSourceUnderTest.open(gateway, String(accepted.submission_id));
    await byLink.until(() => byLink.events.length > 0);
    const waiting = gateway.get(`/v1/urls/${code}/result?wait=30`);
    await until('one waits', () => gateway.waitsInUse === 1);
    const answer = await gateway.fetch(`/v1/urls/${code}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${String(accepted.owner_token)}` },
    });
    expect(answer.status).toBe(204);
    await byLink.ended();
    expect((await waiting).body.code).toBe('link_gone');
    const again = await gateway.get(`/v1/urls/${code}/events`);
    expect([again.status, again.body.code]).toEqual([410, 'link_gone']);
    // Whoever holds the id is not concerned.
    expect(byId.hasEnded).toBe(false);
    byId.close();
  });

  it('ends with the link that expires, or is revoked by another gateway', async () => {
    const followed = await Promise.all(
      [revoke, expire].map(async (end) => {
        const { code } = await link(null);
        const source = await EventSourceUnderTest.ofLink(gateway, code);
        await source.until(() => source.events.length > 0);
        return { code, source, end };
      }),
    );
    for (const { code, end } of followed) end(code);
    for (const { code, source } of followed) {
      await source.ended();
      expect((await gateway.get(`/v1/urls/${code}/events`)).body.code).toBe('link_gone');
    }
    await until('no link is read', () => gateway.app.get(OpenLinks).size === 0);
  });

  it('goes on while nobody can say whether the link opens', async () => {
    const { id, code } = await link(null);
    const source = await EventSourceUnderTest.ofLink(gateway, code);
    await source.until(() => source.events.length > 0);
    await gateway.services.stop('url');
    try {
      await gateway.services.finish(id, { stdout: 'out\n' });
      await source.ended();
      expect([source.output(), source.lastId]).toEqual(['out\n', '1.end']);
    } finally {
      await gateway.services.start('url');
    }
  });

  it('gives back its places', async () => {
    const { id, code } = await link(null);
    const source = await EventSourceUnderTest.ofLink(gateway, code);
    expect([gateway.watchesInUse, gateway.app.get(OpenLinks).size]).toEqual([1, 1]);
    source.close();
    await until('nobody reads', () => gateway.watchesInUse === 0 && gateway.app.get(OpenLinks).size === 0);
    await gateway.services.forget(id);
    expect((await gateway.get(`/v1/urls/${code}/events`)).status).toBe(410);
    await until(
      'its place is given back',
      () => gateway.app.get(Budgets).watches.inUse === 0 && gateway.app.get(OpenLinks).size === 0,
    );
  });
});

/** Text as it is; of a zip also what its files hold, by the local headers. */
function unpacked(bytes: Buffer): string {
  let text = bytes.toString('latin1');
  for (let at = bytes.indexOf('PK\x03\x04'); at >= 0; at = bytes.indexOf('PK\x03\x04', at + 4)) {
    const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    try {
      text += inflateRawSync(bytes.subarray(start)).toString('latin1');
    } catch {
      // Not where a file begins.
    }
  }
  return text;
}
