import { GetStatusResponseSchema } from '@runbin/contracts/service.status';
import { eventually } from '../../../../libs/persistence/test/service';
import { GatewayUnderTest } from '../../test/gateway.under.test';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start();
  await gateway.services.heartbeat();
});
afterAll(() => gateway.stop());

const read = async () => GetStatusResponseSchema.parse((await gateway.get('/v1/status')).body);
const serviceOf = async (name: string) => (await read()).services.find((service) => service.name === name);

it('tells of every part, of the queue and of the runners', async () => {
  gateway.services.backend.queue = {
    unfinished: 3,
    unfinished_max: 100,
    languages: [{ language: 'python', unfinished: 3, oldest_at: '2026-11-21T10:00:00.000Z' }],
  };
  const status = await eventually(read, ({ status, queue }) => status === 'ok' && queue?.unfinished === 3);
  expect(status.services).toEqual(
    ['gateway', 'nats', 'submission', 'result', 'url', 'runner'].map((name) => ({
      name,
      ok: true,
      message: 'ok',
    })),
  );
  expect(status.queue).toEqual(gateway.services.backend.queue);
  expect(status.runners).toEqual([
    {
      name: '1',
      ...{ ready: true, reason: null, engine: 'bubblewrap', degraded: [], permits: { total: 2, free: 2 } },
      languages: [{ id: 'python', version: '3.11.2' }],
      pool: { parked: { python: 1 }, empty: 0, memory_bytes: 16_777_216 },
    },
  ]);
  expect(status.traffic).toMatchObject({ bucket_ms: 10_000, last_minute: { internal_errors: 0 } });
});

it('is made once a second, however many ask', async () => {
  await read();
  const { backend } = gateway.services;
  const before = backend.timesAsked('submission.queue');
  const since = performance.now();
  await Promise.all(Array.from({ length: 100 }, read));
  const seconds = Math.ceil((performance.now() - since) / 1000);
  expect(backend.timesAsked('submission.queue') - before).toBeLessThanOrEqual(1 + seconds);
});

it('is told also while a part is down, and says which', async () => {
  await gateway.services.stop('url');
  await gateway.services.stop('submission');
  try {
    const status = await eventually(read, ({ queue }) => queue === null);
    expect(status.status).toBe('unavailable');
    expect(status.services.filter(({ ok }) => !ok)).toEqual([
      { name: 'submission', ok: false, message: 'does not answer' },
      { name: 'url', ok: false, message: 'does not answer' },
    ]);
  } finally {
    await gateway.services.start('url');
    await gateway.services.start('submission');
  }
  expect((await eventually(read, ({ status }) => status === 'ok')).queue).not.toBeNull();
});

it('says what is wrong without naming machines', async () => {
  const { backend } = gateway.services;
  backend.health = {
    ok: false,
    checks: { database: 'connect ECONNREFUSED 10.1.2.3:5432', nats: 'ok', 'disk of host-7': 'full' },
  };
  await gateway.services.heartbeat({
    runner_id: 'ip-10-1-2-3-0badcafe',
    ready: false,
    reason: 'Error: /var/lib/runbin/secret-place: no space',
    degraded: [
      'no cgroup (/sys/fs/cgroup/host-7 is not ours): limited by rlimits',
      'the file /etc/host-7/x is old',
    ],
  });
  await eventually(
    () => serviceOf('submission'),
    (service) => service?.message === 'is not ready: database',
  );
  const text = JSON.stringify(await read());
  for (const secret of ['10.1.2.3', '10-1-2-3', 'host-7', 'secret-place', '/sys', '/var', '/etc'])
    expect(text).not.toContain(secret);
  const runner = (await read()).runners.find(({ name }) => name === '0badcafe');
  expect(runner).toMatchObject({
    reason: 'can not make sandboxes',
    degraded: ['no cgroup: limited by rlimits', 'the file … is old'],
  });
  backend.health = undefined;
});

it('is told of runners of before that say nothing of what they keep ready', async () => {
  await gateway.services.heartbeat({ runner_id: 'old-1', pool: undefined });
  const { runners } = await eventually(read, (status) => status.runners.length === 3);
  expect(runners.filter(({ pool }) => pool === null)).toHaveLength(1);
});

it('counts what has ended, of whoever', async () => {
  // What ends in the bucket that it was started in is not told.
  await eventually(read, ({ traffic }) => traffic.buckets.length > 0);
  const before = (await read()).traffic.last_minute.runs;
  for (let run = 0; run < 5; run++) await gateway.services.finish(await gateway.submit());
  const { traffic } = await eventually(read, ({ traffic }) => traffic.last_minute.runs === before + 5);
  expect(traffic.last_minute.latency_ms?.p50).toBeLessThan(10_000);
  expect(traffic.buckets.reduce((sum, { runs }) => sum + runs, 0)).toBe(before + 5);
}, 90_000);
