import { eventually } from '../../../../libs/persistence/test/service';
import { GatewayUnderTest } from '../../test/gateway.under.test';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start({ GATEWAY_CLIENT_RATE_PER_S: '1', GATEWAY_CLIENT_BURST: '1' });
  await gateway.services.heartbeat({ permits: { total: 2, free: 1 } });
});
afterAll(() => gateway.stop());

const read = async () => (await gateway.fetch('/metrics')).text();
/** The value of a series; undefined when there is none. */
const valueOf = (text: string, series: string) => {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

it('tells the state of the installation in the format of Prometheus', async () => {
  const oldest_at = new Date(Date.now() - 60_000).toISOString();
  gateway.services.backend.queue = {
    ...{ unfinished: 7, unfinished_max: 50 },
    languages: [{ language: 'python', unfinished: 7, oldest_at }],
  };
  const text = await eventually(read, (text) => valueOf(text, 'runbin_unfinished{language="python"}') === 7);
  const answer = await gateway.fetch('/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const told = (series: string) => valueOf(text, series);
  expect(told('runbin_unfinished_max')).toBe(50);
  expect(told('runbin_unfinished_oldest_seconds{language="python"}')).toBeGreaterThanOrEqual(60);
  expect(told('runbin_service_up{service="submission"}')).toBe(1);
  expect(told('runbin_runner_ready{runner="1"}')).toBe(1);
  expect(told('runbin_runner_permits{runner="1",state="used"}')).toBe(1);
  expect(told('runbin_pool_parked{runner="1",language="python"}')).toBe(1);
  expect(told('runbin_watchers')).toBe(0);
  expect(told('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
  expect(told('process_resident_memory_bytes')).toBeGreaterThan(1e6);
});

it('counts runs by what became of them, and how long they took', async () => {
  await gateway.services.finish(await gateway.submit());
  await gateway.services.finish(await gateway.submit(), { status: 'runtime_error' });
  const text = await eventually(read, (text) => valueOf(text, 'runbin_run_seconds_count') === 2);
  expect(valueOf(text, 'runbin_runs_total{status="succeeded",language="python"}')).toBe(1);
  expect(valueOf(text, 'runbin_runs_total{status="runtime_error",language="python"}')).toBe(1);
  expect(valueOf(text, 'runbin_run_seconds_bucket{le="+Inf"}')).toBe(2);
});

it('counts what is refused, whoever refuses it', async () => {
  // A proxy that is not trusted is a client like any other.
  const headers = { 'x-forwarded-for': '192.0.2.1' };
  const statuses = await Promise.all(
    Array.from(
      { length: 10 },
      async () => (await gateway.post('/v1/submissions', { language: 'python', code: '1' }, headers)).status,
    ),
  );
  expect(new Set(statuses)).toEqual(new Set([201, 429]));
  // One is accepted in each second that goes by.
  const refused = statuses.filter((status) => status === 429).length;
  expect(valueOf(await read(), 'runbin_refused_requests_total{code="too_many_requests"}')).toBe(refused);
});

it('says who follows', async () => {
  const gone = new AbortController();
  const id = await gateway.submit();
  await gateway.fetch(`/v1/submissions/${id}/events`, { signal: gone.signal });
  await eventually(read, (text) => valueOf(text, 'runbin_watchers') === 1);
  gone.abort();
  await eventually(read, (text) => valueOf(text, 'runbin_watchers') === 0);
});

it('tells no old figures of a queue that nobody can tell of', async () => {
  await gateway.services.stop('submission');
  const text = await eventually(
    read,
    (text) => valueOf(text, 'runbin_service_up{service="submission"}') === 0,
  );
  expect(text).not.toMatch(/^runbin_unfinished(?:_max)?[ {]/m);
  await gateway.services.start('submission');
});

it('tells strangers nothing', async () => {
  const answer = await gateway.get('/metrics', { 'x-forwarded-for': '127.0.0.1' });
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
});
