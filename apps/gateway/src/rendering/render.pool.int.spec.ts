import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import { GatewayUnderTest } from '../../test/gateway.under.test';
import { RenderPool } from './render.pool';
import type { RenderTask } from './render.task';

const LANGUAGES_DIR = path.join(__dirname, '../../../../languages');

const WORKER = `
  const { threadId } = require('node:worker_threads');
  exports.render = ({ kind }) => {
    if (kind === 'end') process.exit(1);
    if (kind === 'fail') throw new Error('no');
    while (kind === 'forever');
    return threadId;
  };`;

describe('RenderPool', () => {
  let folder: string;
  let worker: string;
  const pools: RenderPool[] = [];
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'render-'));
    worker = path.join(folder, 'worker.js');
  });
  afterAll(async () => {
    for (const pool of pools) await pool.onModuleDestroy();
    rmSync(folder, { recursive: true });
  });

  /** A pool whose threads do what a task names as its kind. */
  function poolOf(limits: { limitMs: number; maxQueue: number }): RenderPool {
    writeFileSync(worker, WORKER);
    const pool = new RenderPool({ languagesDir: LANGUAGES_DIR, worker, threads: 2, ...limits });
    pools.push(pool);
    return pool;
  }
  const render = (pool: RenderPool, kind: string) => pool.render({ kind } as unknown as RenderTask);
  const REFUSED = { code: 'overloaded' };

  it('makes pages in another thread', async () => {
    expect(await render(poolOf({ limitMs: 60_000, maxQueue: 4 }), 'page')).not.toBe(threadId);
  });

  it.each(['end', 'fail'])(
    'answers plainly when a thread comes to its end by %s, and makes the next page',
    async (kind) => {
      const pool = poolOf({ limitMs: 60_000, maxQueue: 4 });
      await expect(render(pool, kind)).rejects.toMatchObject(REFUSED);
      expect(await render(pool, 'page')).toEqual(expect.any(Number));
    },
    120_000,
  );

  it('outlives a thread that does not come to its first task, and makes the next page', async () => {
    const pool = poolOf({ limitMs: 60_000, maxQueue: 4 });
    await render(pool, 'page');
    writeFileSync(worker, 'throw new Error("broken")');
    const refused = ['forever', 'page'].map((kind) =>
      expect(render(pool, kind)).rejects.toMatchObject(REFUSED),
    );
    await Promise.all(refused);
    writeFileSync(worker, WORKER);
    expect(await render(pool, 'page')).toEqual(expect.any(Number));
  }, 120_000);

  it('gives up what takes too long, and what waits for it has its turn', async () => {
    const pool = poolOf({ limitMs: 8_000, maxQueue: 4 });
    await expect(render(pool, 'forever')).rejects.toMatchObject(REFUSED);
    let made: unknown;
    // The new thread may take its time to start on a busy machine.
    for (let attempt = 0; attempt < 60 && made === undefined; attempt++)
      made = await render(pool, 'page').catch(() => undefined);
    expect(made).toEqual(expect.any(Number));
  }, 120_000);
});

describe('a page of a link', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start();
    await gateway.services.heartbeat();
  });
  afterAll(() => gateway.stop());

  async function link(stdout: string): Promise<{ id: string; code: string }> {
    const id = await gateway.submit();
    await gateway.services.finish(id, { stdout });
    const { body } = await gateway.post(`/v1/submissions/${id}/url`, {});
    return { id, code: String(body.code) };
  }
  const backend = () => gateway.services.backend;
  const timesShown = () => backend().timesAsked('result.replay');
  function expire(code: string): void {
    const link = backend().links.get(code);
    if (link) backend().links.set(code, { ...link, expires_at: '2000-01-01T00:00:00.000Z' });
  }

  it('is made once for all that ask for it, and never on this thread', async () => {
    const { code } = await link('\u001b[31mred\u001b[32mgreen'.repeat(40_000));
    const before = timesShown();
    const pages = await Promise.all(
      Array.from({ length: 16 }, async () => (await gateway.fetch(`/s/${code}`)).text()),
    );
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain('<span class="f1">red</span>');
    await (await gateway.fetch(`/s/${code}`)).text();
    expect(timesShown() - before).toBe(1);
  });

  it.each([
    ['forgotten', 404, (code: string) => void backend().links.delete(code)],
    ['expired', 410, (code: string) => expire(code)],
    ['deleted', 410, (_: string, id: string) => void backend().deleted.add(id)],
  ])('that is kept is not shown of a link that was %s', async (_, status, undo) => {
    const { id, code } = await link('kept\n');
    for (let reader = 0; reader < 2; reader++) {
      expect((await gateway.fetch(`/s/${code}`)).status).toBe(200);
      expect((await gateway.fetch(`/embed/${code}`)).status).toBe(200);
    }
    undo(code, id);
    expect((await gateway.fetch(`/s/${code}`)).status).toBe(status);
    expect((await gateway.fetch(`/embed/${code}`)).status).toBe(status);
  });

  it('is refused plainly where no thread can make it; the API answers', async () => {
    const broken = await GatewayUnderTest.start({}, {}, gateway, undefined, { worker: '/nonexistent.js' });
    try {
      const { code } = await link('x');
      const answer = await broken.fetch(`/s/${code}`);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
      expect((await broken.get(`/v1/urls/${code}`)).status).toBe(200);
    } finally {
      await broken.stop();
    }
  });
});
