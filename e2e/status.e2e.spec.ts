import { hostname } from 'node:os';
import { type GetStatusResponse, GetStatusResponseSchema } from '@runbin/contracts/service.status';
import type { Page } from 'playwright-core';
import { acceptedOf } from './answers';
import { seriousFindings, useBrowser } from './browser';
import { useSystem } from './system';
import { until } from '../libs/platform/test/until';

const system = useSystem();
const browser = useBrowser();

/** A bucket of the history must be over. */
const HISTORY_TIMEOUT_MS = 60_000;
const LIGHT = { viewport: { width: 1200, height: 900 }, colorScheme: 'light' } as const;

async function read(): Promise<GetStatusResponse> {
  const { status, json } = await system.client.request('GET', '/v1/status');
  expect(status).toBe(200);
  return GetStatusResponseSchema.parse(json);
}

const hello = () => system.client.run({ language: 'bash', code: 'echo hello' });
const url = () => system.client.url;

describe('/v1/status', () => {
  it('tells of every part, every runner, and the runs of the last minutes', async () => {
    await until('it is green', async () => (await read()).status === 'ok');
    const { services, runners, queue } = await read();
    expect(services.map(({ name, ok }) => [name, ok])).toEqual(
      ['gateway', 'nats', 'submission', 'result', 'url', 'runner'].map((name) => [name, true]),
    );
    expect(runners[0]).toMatchObject({ ready: true, pool: expect.any(Object) as object });
    expect(runners[0]?.languages.map(({ id }) => id)).toContain('bash');
    expect(queue?.unfinished_max).toBeGreaterThan(0);
    await until(
      'runs are counted',
      async () => {
        await hello();
        const { buckets } = (await read()).traffic;
        return buckets.some(({ runs, latency_ms }) => runs > 0 && latency_ms !== null);
      },
      HISTORY_TIMEOUT_MS,
    );
  });

  it('tells what is unfinished, of which language', async () => {
    const submission = { language: 'bash', code: 'sleep 60', limits: { wall_time_ms: 60_000 } };
    const { submission_id, owner_token } = acceptedOf(await system.client.submitCode(submission));
    await until('it is counted', async () =>
      Boolean((await read()).queue?.languages.some(({ language }) => language === 'bash')),
    );
    const headers = { authorization: `Bearer ${owner_token}` };
    await system.client.request('DELETE', `/v1/submissions/${submission_id}`, { headers });
    await until('it is over', async () => (await read()).queue?.unfinished === 0);
  });

  it('names no machine, and nothing of what the services know', async () => {
    const text = JSON.stringify(await read());
    expect(text).not.toMatch(/\d+\.\d+\.\d+\.\d+:|localhost|:\/\/|\/(?:tmp|sys|var|usr|work|etc)\//);
    // A name that says nothing by itself may be part of a word.
    if (hostname().length > 4) expect(text).not.toContain(hostname());
    if (system.canary) expect(text).not.toContain(system.canary);
  });

  it('is told while a part is down', async () => {
    if (!system.services) return;
    const wakeUp = await system.services.hold('url');
    const urlService = async () => (await read()).services.find(({ name }) => name === 'url');
    await until('it is noticed', async () => (await urlService())?.message === 'does not answer');
    await wakeUp();
    await until('it is noticed again', async () => (await urlService())?.ok === true);
  });
});

it('/metrics counts runs, for programs on the same machine', async () => {
  if (!system.copy) return;
  const { text } = await system.client.request('GET', '/metrics');
  expect(text).toMatch(/^runbin_runs_total\{status="succeeded",language="bash"\} \d+$/m);
  expect(text).toMatch(/^runbin_service_up\{service="runner"\} 1$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
});

describe('the page', () => {
  const open = async (options = {}) => {
    const visitor = await browser.visitor(url(), { ...LIGHT, ...options });
    const page = await visitor.open('/status');
    await page.getByRole('heading', { name: 'gateway' }).waitFor();
    return { page, leave: () => visitor.leave() };
  };
  const headline = (page: Page) => page.getByRole('status');

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 360, height: 740 }, hasTouch: true }],
  ])('shows it all, and nothing that shuts anybody out: %s', async (_, options) => {
    const { page, leave } = await open(options);
    await headline(page).getByText('Everything works').waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: 'works' }).count()).toBeGreaterThanOrEqual(6);
    await page.getByRole('img', { name: /^Runs per minute/ }).waitFor();
    await page.getByRole('img', { name: /^From submission to result/ }).waitFor();
    await page.getByRole('columnheader', { name: 'Kept ready' }).waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await seriousFindings(page)).toEqual([]);
    const [wide, room] = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, innerWidth]',
    );
    expect(wide).toBeLessThanOrEqual(room);
    await leave();
  });

  it('goes on by itself, and rests when it is told to, by keyboard alone', async () => {
    const { page, leave } = await open();
    await page.clock.install();
    const told = page.locator('time');
    const first = await told.textContent();
    await until('it is told anew', async () => (await told.textContent()) !== first);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    let asked = 0;
    page.on('request', () => asked++);
    await page.clock.fastForward(60_000);
    expect(await page.getByText('Paused at').count()).toBe(1);
    expect(asked).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await until('it asks again', () => asked > 0);
    await leave();
  });

  it('says which part is down, and when it is back', async () => {
    if (!system.services) return;
    const { page, leave } = await open();
    const wakeUp = await system.services.hold('url');
    await headline(page).getByText('Not working: url').waitFor();
    await page.getByText('does not answer').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await wakeUp();
    await headline(page).getByText('Everything works').waitFor();
    await leave();
  });

  it('keeps what it knows when the server is gone, and says so', async () => {
    const { page, leave } = await open({ allowed: /Failed to load resource|ERR_/ });
    await page.context().setOffline(true);
    await headline(page).getByText('can not be reached').waitFor();
    await page.getByRole('heading', { name: 'gateway' }).waitFor();
    await page.context().setOffline(false);
    await headline(page).getByText('Everything works').waitFor();
    await leave();
  });
});
