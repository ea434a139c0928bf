import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import type { SubmitCodeRequest } from '@runbin/contracts/submission';
import { GenerateUrlResponseSchema } from '@runbin/contracts/url';
import { SubmitCodeResponseSchema } from '@runbin/contracts/submission';
import { SocketUnderTest } from '../apps/gateway/test/socket.under.test';
import { bodyOf } from './answers';
import { seriousFindings, useBrowser } from './browser';
import { useSystem } from './system';

const system = useSystem();
const browser = useBrowser();

const GREETING = `import sys, time
for n in range(3):
    print(f"line {n}", flush=True)
    time.sleep(0.2)
print("\\x1b[31mred\\x1b[0m", file=sys.stderr)
`;

/** Each would run if it were taken for markup, in one place or another. */
const PAYLOADS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'-alert(1)-'",
  '</script><script>alert(1)</script>',
  '</pre></code></title></style><svg onload=alert(1)>',
  '<iframe srcdoc="<script>parent.alert(1)</script>">',
  'javascript:alert(1)',
  '<!--<script>alert(1)',
  '<a href="javascript:alert(1)">x</a>',
  '${alert(1)}{{alert(1)}}',
  '\u2028alert(1)//',
  '<math><mtext></mtext><script>alert(1)</script></math>',
];

type Program = Partial<SubmitCodeRequest>;

async function submitted(program: Program): Promise<{ id: string; token: string }> {
  const answer = await system.client.submitCode({ language: 'python', ...program });
  const { submission_id, owner_token } = bodyOf(answer, 201, SubmitCodeResponseSchema);
  return { id: submission_id, token: String(owner_token) };
}

async function linkTo(id: string): Promise<{ code: string; url: string }> {
  const answer = await system.client.generateUrl(id);
  const { code, unique_url: url } = bodyOf(answer, 201, GenerateUrlResponseSchema);
  return { code, url };
}

interface Shared {
  readonly code: string;
  readonly url: string;
  readonly id: string;
  readonly token: string;
}

/** A link to a program that has ended. */
async function shared(program: Program): Promise<Shared> {
  const { id, token } = await submitted(program);
  await system.client.getResult(id, { wait: 30 });
  return { ...(await linkTo(id)), id, token };
}

const visitor = (options: Parameters<typeof browser.visitor>[1] = {}) =>
  browser.visitor(system.client.url, options);

/** What a reader reads, without the buttons. */
const readIn = (page: Page, selector = 'pre') => page.locator(selector).allInnerTexts();

it('shows the same with and without scripts, and whole in one answer of few bytes', async () => {
  const { code } = await shared({ code: GREETING, code_input: 'in', args: ['a b'] });
  const [scripted, plain] = [await visitor(), await visitor({ javaScriptEnabled: false })];
  const [with_, without] = [await scripted.open(`/s/${code}`), await plain.open(`/s/${code}`)];
  await with_.getByRole('button', { name: 'Run again' }).waitFor();
  expect(await readIn(with_)).toEqual(await readIn(without));
  const [program, output, input, args] = await readIn(without);
  expect(program?.trimEnd()).toBe(GREETING.trimEnd());
  expect(output).toBe('line 0\nline 1\nline 2\nred\n');
  expect([input, args]).toEqual(['in', "'a b'"]);
  expect((await readIn(without, '.e')).join('')).toBe('red\n');
  expect(await without.locator('.e.f1').count()).toBe(1);
  expect(await without.getByRole('button').count()).toBe(0);
  const answer = await system.client.request('GET', `/s/${code}`, { headers: { 'accept-encoding': 'br' } });
  expect(Number(answer.headers['content-length'])).toBeLessThan(30_000);
});

it('runs nothing of what it shows: names, code, input, output', async () => {
  const all = PAYLOADS.join('\n');
  const files = [
    {
      name: 'main.py',
      content: `import sys\nprint(sys.stdin.read())\nprint(sys.argv, file=sys.stderr)\n'''${all}'''\n`,
    },
    ...PAYLOADS.filter((name) => !/[\\]/.test(name)).map((name, n) => ({
      name: `${n}${name.replaceAll('//', '/ /').replaceAll('</', '< /')}.html`,
      content: name,
    })),
  ];
  const { code } = await shared({ files, code_input: all, args: PAYLOADS } as Program);
  for (const at of [`/s/${code}`, `/embed/${code}`, `/embed/${code}?show=output`]) {
    const reader = await visitor();
    const page = await reader.open('about:blank');
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(at);
    await page.mouse.move(200, 200);
    await page.mouse.wheel(0, 4000);
    for (const link of await page.getByRole('link').all()) {
      expect(await link.getAttribute('href')).not.toMatch(/^\s*javascript:/i);
    }
    expect(dialogs).toEqual([]);
    expect((await page.content()).includes('&lt;script&gt;alert(1)&lt;/script&gt;')).toBe(true);
    // Nothing printed to the console either: the policy had nothing to stop.
    await reader.leave();
  }
});

it('plays the output again, and leads to the editor', async () => {
  const { code } = await shared({ code: GREETING.replace('0.2', '2') });
  const page = await (await visitor()).open(`/s/${code}`);
  await page.getByRole('button', { name: 'Replay' }).click();
  const stage = page.locator('#stage');
  await stage.getByText('line 0').waitFor();
  expect(await stage.locator('pre').innerText()).not.toContain('line 2');
  await stage.getByText('red').waitFor();
  expect(await stage.locator('pre').innerText()).toBe('line 0\nline 1\nline 2\nred\n');
  await stage.getByRole('slider').fill('0');
  await stage
    .getByRole('button', { name: 'Again' })
    .or(stage.getByRole('button', { name: 'Play' }))
    .waitFor();
  expect(await stage.locator('pre').innerText()).not.toContain('line 1');
  await stage.getByRole('button', { name: 'Close' }).click();
  await stage.waitFor({ state: 'detached' });
  expect(await page.getByRole('link', { name: 'Fork' }).getAttribute('href')).toBe(`/?fork=${code}`);
});

it('runs it again, and shows what comes of it', async () => {
  const { code } = await shared({ code: 'print(input())', code_input: 'once more' });
  const page = await (await visitor()).open(`/s/${code}`);
  await page.getByRole('button', { name: 'Run again' }).click();
  const stage = page.locator('#stage');
  await stage.locator('pre', { hasText: 'once more' }).waitFor();
  await stage.getByRole('status').filter({ hasText: 'CPU' }).waitFor();
});

it('stops what it runs again, and keeps what that has printed', async () => {
  const { code } = await shared({
    code: 'import time\nprint("begun", flush=True)\nwhile True: time.sleep(0.1)\n',
    limits: { wall_time_ms: 1_000 },
  });
  const page = await (await visitor()).open(`/s/${code}`);
  await page.route('**/v1/submissions', (route) => {
    const body = route.request().postDataJSON() as Program;
    // Then it ends because it is stopped, and not because its time is over.
    return route.continue({ postData: JSON.stringify({ ...body, limits: { wall_time_ms: 60_000 } }) });
  });
  await page.getByRole('button', { name: 'Run again' }).click();
  const stage = page.locator('#stage');
  await stage.locator('pre', { hasText: 'begun' }).waitFor();
  await stage.getByRole('button', { name: 'Stop' }).click();
  await stage.getByRole('status').filter({ hasText: 'Stopped' }).waitFor();
  expect(await stage.locator('pre').innerText()).toBe('begun\n');
  expect(await stage.getByRole('button', { name: 'Stop' }).count()).toBe(0);
});

it('shows a run that goes on as it goes on, and then as it ended', async () => {
  const socket = await SocketUnderTest.open({ base: system.client.url });
  const program = { language: 'python', code: 'print("first", flush=True)\ninput()\nprint("last")\n' };
  socket.send({ type: 'run', submission: { ...program, limits: { wall_time_ms: 60_000 } } });
  const { code } = await linkTo((await socket.accepted()).submission_id);
  const page = await (await visitor()).open(`/s/${code}`);
  await page.locator('#stage pre', { hasText: 'first' }).waitFor();
  expect(await page.locator('#stage pre').innerText()).not.toContain('last');
  socket.send({ type: 'stdin', data: '\n' });
  await page.locator('#output pre', { hasText: 'last' }).waitFor();
  expect(await page.locator('#verdict').innerText()).toBe('Succeeded');
});

it('copies code as it is', async () => {
  const program = 'print("a\u200bb")\n';
  const { code } = await shared({ code: program });
  const page = await (
    await visitor({ permissions: ['clipboard-read', 'clipboard-write'] })
  ).open(`/s/${code}`);
  await page.locator('#file-1').getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await page.evaluate(() =>
    (
      globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }
    ).navigator.clipboard.readText(),
  );
  expect(copied).toBe(program);
});

it('keeps the theme that was chosen', async () => {
  const { code } = await shared({ code: 'print(1)' });
  const reader = await visitor({ colorScheme: 'light' });
  const page = await reader.open(`/s/${code}`);
  await page.getByRole('button', { name: 'Dark' }).click();
  await page.locator('html[data-theme="dark"]').waitFor();
  const other = await reader.open(`/s/${code}`);
  expect(await other.locator('html').getAttribute('data-theme')).toBe('dark');
});

describe('within a page of somebody else', () => {
  let others: Server;
  const base = () => `http://127.0.0.1:${(others.address() as AddressInfo).port}`;
  let html = '';

  beforeAll(async () => {
    others = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
    await new Promise<void>((resolve) => others.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => others.close());

  it('is shown by its embedded page, as oEmbed says', async () => {
    const { url } = await shared({ code: 'print("framed")\n' });
    const asked = `/oembed?format=json&url=${encodeURIComponent(url)}`;
    const answer = await system.client.request('GET', asked);
    const { html: frame } = JSON.parse(answer.text) as { html: string };
    html = `<!doctype html><title>Elsewhere</title>${frame.replace(/src="https?:\/\/[^/]+/, `src="${system.client.url}`)}`;
    const reader = await browser.visitor(base(), { allowed: /asked another server: .*\/embed\/\w+$/ });
    const page = await reader.open('/');
    const embed = page.frameLocator('iframe');
    await embed.locator('#file-1').waitFor();
    await embed.getByText('Output', { exact: true }).first().click();
    await embed.locator('#output', { hasText: 'framed' }).waitFor();
    const [frameOfIt] = page.frames().filter((candidate) => candidate.url().includes('/embed/'));
    expect(await frameOfIt?.evaluate(() => (globalThis as unknown as { origin: string }).origin)).toBe(
      'null',
    );
    await reader.leave();
  });

  it('is not shown by any other', async () => {
    const { code } = await shared({ code: 'print(1)' });
    html = `<!doctype html><title>Elsewhere</title><iframe src="${system.client.url}/s/${code}"></iframe>`;
    const reader = await browser.visitor(base(), { allowed: /asked another server|frame-ancestors/ });
    const page = await reader.open('/');
    await page.waitForLoadState('networkidle');
    const frame = page.frames().find((candidate) => candidate !== page.mainFrame());
    expect(await frame?.locator('#share').count()).toBe(0);
    await reader.leave();
  });
});

it.each<[string, (made: Shared) => Promise<unknown>, string]>([
  [
    'revoked',
    ({ code, token }) =>
      system.client.request('DELETE', `/v1/urls/${code}`, { headers: { authorization: `Bearer ${token}` } }),
    'This link was revoked by its owner.',
  ],
  [
    'deleted',
    ({ id, token }) =>
      system.client.request('DELETE', `/v1/submissions/${id}`, {
        headers: { authorization: `Bearer ${token}` },
      }),
    'What this link showed was deleted.',
  ],
])('says of a link that it was %s', async (_, end, words) => {
  const made = await shared({ code: 'print(1)' });
  await end(made);
  const reader = await visitor({ allowed: /410/ });
  const page = await reader.open(`/s/${made.code}`);
  expect(await page.locator('main').innerText()).toContain(words);
  expect(await seriousFindings(page)).toEqual([]);
});

describe.each([
  ['on a wide screen', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['on a wide screen, dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['on a phone', { viewport: { width: 360, height: 740 }, colorScheme: 'light' }],
] as const)('%s', (_, options) => {
  it('has no serious finding, and nothing that is too wide', async () => {
    const { code } = await shared({
      files: [
        { name: 'main.py', content: `${GREETING}# ${'long '.repeat(100)}\n` },
        { name: 'lib/other.py', content: 'x = [1]  # \u202e\n' },
      ],
    } as Program);
    const reader = await visitor(options);
    for (const at of [`/s/${code}`, `/embed/${code}`, `/embed/${code}?theme=dark&show=code`]) {
      // In the embedded page nothing runs, what looks for findings neither: it is looked at as a page of nobody.
      const page = await reader.open(at.startsWith('/s/') ? at : 'about:blank');
      if (!at.startsWith('/s/')) await page.setContent((await system.client.request('GET', at)).text);
      expect([at, await seriousFindings(page)]).toEqual([at, []]);
      const width = await page.evaluate(
        () =>
          (globalThis as unknown as { document: { documentElement: { scrollWidth: number } } }).document
            .documentElement.scrollWidth,
      );
      expect(width).toBeLessThanOrEqual(options.viewport.width);
    }
  });
});
