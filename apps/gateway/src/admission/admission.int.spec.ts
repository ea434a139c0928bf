import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Problem } from '@runbin/platform/problem';
import { until } from '../../../../libs/platform/test/until';
import { ReadRate } from './read.rate';
import { GatewayUnderTest, type JsonAnswer } from '../../test/gateway.under.test';

const HELLO = { language: 'python', code: 'print(1)' };
const BURST = 10;
const MIB = 1024 * 1024;

/** Counts those that have begun, from now on: so many more a client may send, at one in a second. */
function seconds(): () => number {
  const since = performance.now();
  return () => Math.ceil((performance.now() - since) / 1000);
}

const codeOf = ({ status, body }: JsonAnswer) => `${status} ${String(body.code)}`;

describe('an exposed gateway', () => {
  let gateway: GatewayUnderTest;
  let beside: GatewayUnderTest;

  beforeAll(async () => {
    const environment = {
      // As slow as it may be: what comes back while a test goes on is counted by `seconds`.
      GATEWAY_CLIENT_RATE_PER_S: '1',
      GATEWAY_CLIENT_BURST: String(BURST),
      GATEWAY_CLIENT_READ_RATE_PER_S: '1',
      GATEWAY_CLIENT_READ_BURST: '200',
      GATEWAY_TRUSTED_PROXIES: '127.0.0.1',
      GATEWAY_CLIENT_WAITS_MAX: '2',
      GATEWAY_WAITS_MAX: '3',
    };
    gateway = await GatewayUnderTest.start(environment);
    beside = await GatewayUnderTest.start(environment, {}, gateway);
    await gateway.services.heartbeat();
  });
  afterAll(async () => {
    await beside.stop();
    await gateway.stop();
  });

  /** As the trusted proxy hands it on. */
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const submit = (address: string, at = gateway) => at.post('/v1/submissions', HELLO, from(address));

  it('bounds how fast a client submits, and says so in the standard headers', async () => {
    const passed = seconds();
    const first = await submit('192.0.2.1');
    expect(first.status).toBe(201);
    expect(first.headers.get('ratelimit-policy')).toBe('"writes";q=10;w=10');
    expect(first.headers.get('ratelimit')).toBe('"writes";r=9;t=1');
    const others = await Promise.all(Array.from({ length: 3 * BURST }, () => submit('192.0.2.1')));
    const refused = others.filter(({ status }) => status !== 201);
    expect(refused.length).toBeGreaterThanOrEqual(2 * BURST - passed());
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['429 too_many_requests']));
    for (const { headers } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(headers.get('ratelimit')).toMatch(/^"writes";r=0;t=\d+$/);
    }
    expect((await submit('192.0.2.2')).status).toBe(201);
  });

  it('bounds how fast a client reads, by what it costs, in the same headers', async () => {
    const address = '192.0.2.40';
    const poll = (at = gateway) => at.get('/v1/languages', from(address));
    const first = await poll();
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([200, '"reads";q=200;w=200']);
    expect(first.headers.get('ratelimit')).toMatch(/^"reads";r=199;t=1$/);
    const page = await gateway.fetch('/s/aaaaaaaaaa98', { headers: from(address) });
    expect(page.headers.get('ratelimit')).toMatch(/^"reads";r=19[45];t=\d$/);
    // What a large answer costs is known when it is there.
    gateway.app.get(ReadRate).charge({ id: address, isBounded: true }, 150);
    const others = await Promise.all(Array.from({ length: 140 }, () => poll()));
    const refused = others.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['429 too_many_requests']));
    for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    // Who watches over it, who writes, and who is another are not kept out; another gateway hears of it.
    expect((await gateway.get('/healthz', from(address))).status).toBe(200);
    expect((await submit(address)).status).toBe(201);
    expect((await gateway.get('/v1/languages', from('192.0.2.41'))).status).toBe(200);
    const left = async () => {
      const { headers } = await beside.get('/assets/none', from(address));
      return Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1] ?? 200);
    };
    const deadline = performance.now() + 20_000;
    while ((await left()) > 150) if (performance.now() > deadline) throw new Error('never heard of it');
  });

  it('counts across gateways', async () => {
    let accepted = 0;
    const passed = seconds();
    for (let sent = 0; sent < 2 * BURST; sent++)
      if ((await submit('192.0.2.3', sent % 2 === 0 ? gateway : beside)).status === 201) accepted++;
    expect(accepted).toBeGreaterThanOrEqual(BURST);
    // What came back meanwhile, and what one had not heard yet.
    expect(accepted).toBeLessThanOrEqual(BURST + passed() + 3);
  });

  it('hears the trusted proxy only: what a client says of itself changes nothing', async () => {
    const answers: JsonAnswer[] = [];
    const passed = seconds();
    for (let sent = 0; sent < 2 * BURST; sent++) {
      const spoofed = `198.51.100.${sent}`;
      const headers = {
        'x-forwarded-for': `${spoofed}, 192.0.2.4`,
        forwarded: `for=${spoofed}`,
        'cf-connecting-ip': spoofed,
        'x-real-ip': spoofed,
      };
      answers.push(await gateway.post('/v1/submissions', HELLO, headers));
    }
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(BURST + passed());
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 429]));
  });

  it('does not bound the machine it runs on, and tells the services whom it bounds', async () => {
    const { created } = gateway.services.backend;
    for (let sent = 0; sent < 2 * BURST; sent++) expect(await gateway.submit()).toBeTruthy();
    expect([...created.values()].at(-1)?.client).toBeUndefined();
    const { body } = await submit('2001:db8::7');
    expect(created.get(String(body.submission_id))?.client).toBe('2001:db8:0:0::/64');
  });

  it('bounds who guesses codes of links, and nobody who opens those that exist', async () => {
    const open = (code: string, address: string) => gateway.get(`/v1/urls/${code}`, from(address));
    const guesses: JsonAnswer[] = [];
    for (let guess = 0; guess < 40; guess++)
      guesses.push(await open(`aaaaaaaaaa${guess + 10}`, '192.0.2.20'));
    const codes = guesses.map(codeOf);
    expect(codes.slice(0, 19)).toEqual(codes.slice(0, 19).map(() => '404 link_not_found'));
    const refused = guesses.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    for (const target of [
      's/CODE',
      's/CODE/raw',
      's/CODE/raw/a/b',
      's/CODE/output',
      's/CODE/zip',
      's/CODE/card.png',
      'embed/CODE',
    ]) {
      // A guess that has come back meanwhile is used up by the first of these.
      await until(`/${target} is refused`, async () => {
        const guess = `/${target.replace('CODE', 'aaaaaaaaaa99')}`;
        return (await gateway.get(guess, from('192.0.2.20'))).status === 429;
      });
    }
    await until('/oembed is refused', async () => {
      return (await gateway.get('/oembed?url=x', from('192.0.2.20'))).status === 429;
    });
    expect((await open('aaaaaaaaaa99', '192.0.2.21')).status).toBe(404);
  });

  it('bounds who waits, one client and all', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(() => gateway.submit()));
    const wait = (index: number, address: string) =>
      gateway.fetch(`/v1/submissions/${ids[index]}/result?wait=20`, { headers: from(address) });
    const waiting = [wait(0, '192.0.2.5'), wait(1, '192.0.2.5')];
    await until('both wait', () => gateway.waitsInUse === 2);
    const third = await wait(2, '192.0.2.5');
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '1']);
    waiting.push(wait(2, '192.0.2.6'));
    await until('three wait', () => gateway.waitsInUse === 3);
    expect((await wait(3, '192.0.2.7')).status).toBe(503);

    // A submission that can not be waited for is accepted all the same, and answered at once.
    const answer = await gateway.post('/v1/submissions?wait=20', HELLO, from('192.0.2.6'));
    expect(answer.status).toBe(201);

    for (const id of ids) await gateway.services.finish(id);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await wait(3, '192.0.2.5')).status).toBe(200);
  });

  it.each([
    ['queue_full', 503, '5'],
    ['too_many_unfinished', 429, '1'],
  ] as const)('hands on %s as %i with Retry-After', async (code, status, retryAfter) => {
    gateway.services.backend.refusal = new Problem(code, 'no');
    const answer = await gateway.post('/v1/submissions', HELLO);
    gateway.services.backend.refusal = undefined;
    expect(codeOf(answer)).toBe(`${status} ${code}`);
    expect(answer.headers.get('retry-after')).toBe(retryAfter);
  });
});

describe('an Idempotency-Key', () => {
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ GATEWAY_TRUSTED_PROXIES: 'loopback' });
    await gateway.services.heartbeat();
  });
  afterAll(() => gateway.stop());

  const submit = (key: string, body: object = HELLO, headers: Record<string, string> = {}) =>
    gateway.post('/v1/submissions', body, { 'idempotency-key': key, ...headers });

  it('answers the same again, with the same owner token, and says that it does', async () => {
    const key = randomUUID();
    const first = await submit(key);
    const second = await submit(key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(Buffer.from(String(first.body.owner_token), 'base64url')).toHaveLength(32);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
  });

  it('waits for the result of the submission that there was', async () => {
    const key = randomUUID();
    const { body } = await submit(key);
    const answer = gateway.post('/v1/submissions?wait=20', HELLO, { 'idempotency-key': key });
    await until('it waits', () => gateway.waitsInUse === 1);
    await gateway.services.finish(String(body.submission_id));
    expect(await answer).toMatchObject({
      status: 200,
      body: { submission_id: body.submission_id, status: 'succeeded', owner_token: body.owner_token },
    });
  });

  it.each(['1', 'order-17', 'k'.repeat(64), '00000000-0000-0000-0000-000000000000'])(
    'that somebody behind the same address may choose, too, is one submission, whose owner token is told once: %s',
    async (key) => {
      const first = await submit(key);
      const second = await submit(key);
      expect(Buffer.from(String(first.body.owner_token), 'base64url')).toHaveLength(32);
      expect(second.body).toEqual({ ...first.body, owner_token: null });
      expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
      const waited = gateway.post('/v1/submissions?wait=20', HELLO, { 'idempotency-key': key });
      await until('it waits', () => gateway.waitsInUse === 1);
      await gateway.services.finish(String(first.body.submission_id));
      expect(await waited).toMatchObject({ status: 200, body: { status: 'succeeded', owner_token: null } });
    },
  );

  it('is refused with another body', async () => {
    await submit('other');
    expect(codeOf(await submit('other', { ...HELLO, code: 'print(2)' }))).toBe('409 idempotency_key_reused');
  });

  it("is a client's own: another that sends the same key and body gets a submission and a token of its own", async () => {
    const one = await submit('shared', HELLO, { 'x-forwarded-for': '192.0.2.1' });
    const two = await submit('shared', HELLO, { 'x-forwarded-for': '192.0.2.2' });
    expect(two.status).toBe(201);
    expect(two.body.submission_id).not.toBe(one.body.submission_id);
    expect(two.body.owner_token).not.toBe(one.body.owner_token);
    expect(two.headers.get('idempotency-replayed')).toBeNull();
  });

  it('is never sent on: neither it nor the token can be read from what is stored', async () => {
    const { body } = await submit('a secret key');
    const stored = JSON.stringify(gateway.services.backend.created.get(String(body.submission_id)));
    expect(stored).toContain('key_sha256');
    expect(stored).not.toContain('a secret key');
    expect(stored).not.toContain(String(body.owner_token));
  });

  it.each([
    ['255 bytes', 'k'.repeat(255), 201],
    ['256 bytes', 'k'.repeat(256), 400],
    ['10 KB', 'k'.repeat(10_240), 400],
    ['nothing', '', 400],
    ['a tab', 'a\tb', 400],
    ['no ASCII', 'schlüssel', 400],
  ])('of %s', async (_, key, status) => {
    const answer = await submit(key);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body.code).toBe('invalid_request');
  });
});

describe('memory', () => {
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({
      GATEWAY_BODIES_BYTES: String(4 * MIB),
      GATEWAY_ANSWERS_BYTES: String(32 * MIB),
      GATEWAY_TRUSTED_PROXIES: 'loopback',
    });
    await gateway.services.heartbeat();
  });
  afterAll(() => gateway.stop());

  /** Announces a body and does not send it. */
  const announce = (bytes: number, address: string) => {
    const socket = connect(gateway.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => undefined);
    socket.write(
      `POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${address}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n{`,
    );
    return { socket, status: () => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0) };
  };

  it('of bodies is bounded in all and for each client, before they are read, and free again afterwards', async () => {
    const mine = announce(MIB, '192.0.2.1');
    await until('one body is held', () => gateway.bodiesInUse === MIB);
    const more = announce(MIB, '192.0.2.1');
    await until('the client is refused', () => more.status() === 429);
    const others = [2, 3, 4].map((last) => announce(MIB, `192.0.2.${last}`));
    await until('all of it is held', () => gateway.bodiesInUse === 4 * MIB);
    const late = announce(MIB, '192.0.2.9');
    await until('others are refused', () => late.status() === 503);
    for (const { socket } of [mine, more, late, ...others]) socket.destroy();
    await until('the bodies are given back', () => gateway.bodiesInUse === 0);
    expect(await gateway.submit()).toBeTruthy();
  });

  it('of answers that nobody takes is bounded', async () => {
    const id = await gateway.submit();
    await gateway.services.finish(id, { stdout: 'x'.repeat(6 * MIB) });
    const unread: Socket[] = [];
    // One after the other: a slow machine has not read several of this size in the time that a question may take.
    while (gateway.answersInUse <= 26 * MIB) {
      const before = gateway.answersInUse;
      const socket = connect(gateway.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(`GET /v1/submissions/${id}/result HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      unread.push(socket);
      await until('one more answer is held', () => gateway.answersInUse > before);
    }
    const { status, headers } = await gateway.fetch(`/v1/submissions/${id}/result`);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(gateway.answersInUse).toBeLessThanOrEqual(32 * MIB);
    for (const socket of unread) socket.destroy();
    await until('the answers are given back', () => gateway.answersInUse === 0);
    expect((await gateway.get(`/v1/submissions/${id}/result`)).status).toBe(200);
  });

  it('is taken back from a reader that takes a little now and then', async () => {
    const hasty = await GatewayUnderTest.start({}, { takeMs: 500, takenBytesPerS: 64 * MIB }, gateway);
    await gateway.services.heartbeat();
    const id = await gateway.submit();
    await gateway.services.finish(id, { stdout: 'x'.repeat(24 * MIB) });
    const socket = connect(hasty.port, '127.0.0.1');
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    let taken = 0;
    socket.on('data', (data) => {
      taken += data.length;
      socket.pause();
      // eslint-disable-next-line no-restricted-globals -- the pace of the reader, slower than what it is given may be taken
      setTimeout(() => socket.resume(), 50);
    });
    socket.write(`GET /v1/submissions/${id}/result HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await until('the answer is held', () => hasty.answersInUse > 0);
    await until('the answer is given back', () => hasty.answersInUse === 0);
    // What the kernels of both sides had in hand may still come.
    socket
      .removeAllListeners('data')
      .resume()
      .on('data', (data) => (taken += data.length));
    await closed;
    expect(taken).toBeLessThan(24 * MIB);
    await hasty.stop();
  });
});
