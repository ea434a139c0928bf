import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { useBrowser } from './browser';
import { useSystem } from './system';
import { until } from '../libs/platform/test/until';

/** What comes out of a run, as a person sees it on the page of the editor. */

const system = useSystem();
const browser = useBrowser();

/** A page with this program in its editor, not run yet. */
async function pageWith(
  language: string,
  fileName: string,
  content: string,
  { isInteractive = false, limits = {} }: { isInteractive?: boolean; limits?: Record<string, number> } = {},
): Promise<Page> {
  const visitor = await browser.visitor(system.client.url);
  const page = await visitor.open('/healthz');
  const draft = {
    id: randomUUID(),
    language,
    files: [{ id: randomUUID(), name: fileName, content, encoding: 'utf-8' }],
    stdin: { content: '', encoding: 'utf-8' },
    args: '',
    compilerArgs: '',
    limits,
    isInteractive,
    changedAt: 1,
  };
  await page.evaluate(([text]) => sessionStorage.setItem('runbin.page.draft', text), [
    JSON.stringify(draft),
  ] as const);
  await page.goto('/');
  return page;
}

/** For what ends by what the person does. */
const ENOUGH_TIME = { wall_time_ms: 60_000 };

const python = (content: string, options = {}) => pageWith('python', 'main.py', content, options);
const run = (page: Page) => page.getByRole('button', { name: /^Run/ }).click();
const verdict = (page: Page, words: string) =>
  page.getByRole('region', { name: 'Verdict' }).getByText(words).first().waitFor();

/** The rows that are drawn, without what is only for the eye. */
const rows = (page: Page) => page.locator('.row .row-text').allTextContents();

it('shows lines as they are printed, and the rest after a reload, each once', async () => {
  const page = await python(
    'import time\ni = 0\nwhile True:\n    i += 1\n    print("line", i, flush=True)\n    time.sleep(1)\n',
    { limits: ENOUGH_TIME },
  );
  await run(page);
  // It goes on until it is stopped: what is seen is seen while it runs.
  await until('the first line', async () => (await rows(page)).includes('line 1'));
  await page.reload();
  const last = await until('more than the first lines', async () => {
    const { length } = await rows(page);
    return length > 3 && length;
  });
  await until('a line after these', async () => (await rows(page)).length > last);
  await page.getByRole('button', { name: 'Stop' }).click();
  await verdict(page, 'Stopped');
  const shown = await rows(page);
  expect(shown).toEqual(shown.map((_, index) => `line ${index + 1}`));
});

it('tells stdout and stderr apart, in the order in which they came', async () => {
  const page = await python(
    'import sys, time\nprint("one", flush=True)\ntime.sleep(0.5)\nprint("two", file=sys.stderr, flush=True)\ntime.sleep(0.5)\nprint("three")\nsys.exit(3)\n',
  );
  await run(page);
  await verdict(page, 'Ended with exit code 3');
  expect(await rows(page)).toEqual(['one', 'two', 'three']);
  expect(await page.locator('.row-stderr').allTextContents()).toEqual(['errstderr: two']);
});

it('stops a loop that never ends, and keeps what it printed', async () => {
  const page = await python('print("before", flush=True)\nwhile True:\n    pass\n', {
    limits: { cpu_time_ms: 30_000, wall_time_ms: 60_000 },
  });
  await run(page);
  await until('the first line', async () => (await rows(page)).join() === 'before');
  await page.getByRole('button', { name: 'Stop' }).click();
  await verdict(page, 'Stopped');
  expect(await rows(page)).toEqual(['before']);
});

it('says in words why a program was ended', async () => {
  const page = await python('while True:\n    pass\n', { limits: { cpu_time_ms: 500 } });
  await run(page);
  await verdict(page, 'It ran for 500 ms of CPU time, which is all it may have.');
  await page.getByRole('img', { name: /^Timeline: .*in the queue.*running/ }).waitFor();
});

it('lets a person answer a prompt in a terminal', async () => {
  const page = await python('name = input("Who? ")\nprint("Hello,", name + "!")\n', {
    isInteractive: true,
    limits: ENOUGH_TIME,
  });
  await run(page);
  const terminal = page.locator('.terminal .xterm-rows');
  await until('the prompt', async () => ((await terminal.textContent()) ?? '').includes('Who?'));
  await page.getByRole('group', { name: /^Terminal/ }).click();
  await page.keyboard.type('Ada\n');
  await until('the answer', async () => ((await terminal.textContent()) ?? '').includes('Hello, Ada!'));
  await verdict(page, 'Finished');
});

it('ends a program in a terminal with Ctrl+C', async () => {
  const page = await python('print("waiting")\ninput()\n', { isInteractive: true, limits: ENOUGH_TIME });
  await run(page);
  const terminal = page.locator('.terminal .xterm-rows');
  await until('the first line', async () => ((await terminal.textContent()) ?? '').includes('waiting'));
  await page.getByRole('group', { name: /^Terminal/ }).click();
  await page.keyboard.press('Control+c');
  await until('the end', async () => ((await terminal.textContent()) ?? '').includes('KeyboardInterrupt'));
});

it('shows bytes that are no text in hex, and makes what hides visible', async () => {
  const page = await python(
    'import sys\nsys.stdout.buffer.write("a\\u202eb\\n".encode() + b"\\xff\\x00\\n")\n',
  );
  await run(page);
  await verdict(page, 'Finished');
  expect(await rows(page)).toEqual(['aU+202Eb', '\\xffNUL']);
  await page.getByRole('button', { name: 'Show stdout in hex' }).click();
  await page.getByText('61 e2 80 ae 62 0a ff 00  0a').waitFor();
});

it('shows a picture, in which nothing runs', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><script>document.title="run"</script></svg>';
  const page = await python(
    `import base64\nprint("data:image/svg+xml;base64," + base64.b64encode(${JSON.stringify(svg)}.encode()).decode())\n`,
  );
  await run(page);
  const picture = page.getByRole('img', { name: /^SVG picture/ });
  await picture.waitFor();
  await until('its size', () =>
    picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth === 30),
  );
  expect(await page.title()).not.toBe('run');
  expect(await page.locator('.rows svg').count()).toBe(0);
});

it('stays usable in a flood of 16 MiB', async () => {
  const page = await python('import sys\nfor i in range(1000000):\n    sys.stdout.write("%016d\\n" % i)\n', {
    limits: { output_bytes: 16 * 1024 * 1024, cpu_time_ms: 30_000, wall_time_ms: 60_000 },
  });
  await run(page);
  await verdict(page, 'Too much output');
  // The line behind it was cut.
  const last = Math.floor((16 * 1024 * 1024) / 17) - 1;
  await until('the end is shown', async () => Number((await rows(page)).at(-2)) === last);
  const list = page.locator('.rows');
  await list.focus();
  await page.keyboard.press('Home');
  await until('the beginning', async () => (await rows(page))[0] === '0000000000000000');
  await page.keyboard.press('End');
  await until('the end again', async () => Number((await rows(page)).at(-2)) === last);
  // Smooth scrolling comes to its end slowly, in frames that are unlike each time.
  for (let round = 1; round <= 4; round++) {
    await list.evaluate((element) => (element as unknown as Scrolls).scrollTo({ top: 0 }));
    await until('the beginning again', async () => (await rows(page))[0] === '0000000000000000');
    await list.evaluate((element) => {
      (element as unknown as Scrolls).scrollTo({ top: 1e9, behavior: 'smooth' });
    });
    await until('the end once more', async () => Number((await rows(page)).at(-2)) === last);
  }
  await page.getByText(/only the first 16 MiB were kept/).waitFor();
});

interface Scrolls {
  scrollTo(place: { top: number; behavior?: 'smooth' }): void;
}
declare const sessionStorage: { setItem(key: string, value: string): void };
