import type { Page } from 'playwright-core';
import { seriousFindings, useBrowser, type Visitor } from './browser';
import { useSystem } from './system';
import { until } from '../libs/platform/test/until';

const system = useSystem();
const browser = useBrowser();

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

const visitor = (options = {}): Promise<Visitor> => browser.visitor(system.client.url, options);

/** The page, with its full editor. */
async function openEditor(visitor: Visitor, path = '/'): Promise<Page> {
  const page = await visitor.open(path);
  await page.locator('.full-editor .view-line').first().waitFor();
  return page;
}

async function write(page: Page, text: string): Promise<void> {
  await page.locator('.full-editor').click();
  await page.keyboard.press('Control+A');
  // As one piece: nothing closes brackets or indents in between.
  await page.keyboard.insertText(text);
}

const run = (page: Page) => page.keyboard.press('Control+Enter');

/** A page's output. What is printed is in it twice for a moment: to be seen, and to be read aloud. */
const printed = (page: Page) => page.locator('.output-view').last();

/** What a person sees where the placeholder of the output is; empty: something else. */
async function seenPlaceholder(page: Page): Promise<string> {
  const box = await page.locator('.output-placeholder').boundingBox();
  if (!box) return '';
  return page.evaluate(
    ([x, y]) => {
      const seen = document.elementFromPoint(x, y);
      return seen?.matches('.output-placeholder') ? seen.textContent : '';
    },
    [box.x + 20, box.y + box.height / 2] as const,
  );
}

const verdict = (page: Page) => page.getByRole('region', { name: 'Verdict' });

async function chooseLanguage(page: Page, words: string): Promise<void> {
  await page.getByRole('button', { name: /^Language/ }).click();
  await page.keyboard.type(words);
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
}

async function shareLink(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).click();
  const field = page.getByRole('textbox', { name: 'Link' });
  let url = '';
  await until('a link is made', async () => (url = await field.inputValue()) !== '');
  return url;
}

describe('the editor', () => {
  it('can be typed into at once, and keeps what was typed when the full editor comes', async () => {
    const page = await (await visitor()).open('/');
    const light = page.getByRole('textbox', { name: 'Code of main.py' });
    await light.fill('print("early")');
    await page.locator('.full-editor .view-line').first().waitFor();
    await page.getByText('print("early")').first().waitFor();
    await run(page);
    await printed(page).getByText('early', { exact: true }).first().waitFor();
  });

  it('runs what was typed a moment ago, before it is drawn', async () => {
    const page = await (await visitor(PHONE)).open('/');
    const code = page.getByRole('textbox', { name: 'Code of main.py' });
    await code.fill('print("before")');
    await code.selectText();
    // Both at once: nothing is drawn in between.
    await page.evaluate(() => {
      document.execCommand('insertText', false, 'print("just now")');
      dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true }));
    });
    await printed(page).getByText('just now', { exact: true }).first().waitFor();
  });

  it('runs an example with input, and shows the output and the verdict', async () => {
    const page = await openEditor(await visitor());
    await page.getByRole('textbox', { name: 'Standard input' }).fill('Ada Grace');
    await run(page);
    await printed(page).getByText('Hello, Ada!').first().waitFor();
    await printed(page).getByText('Hello, Grace!').first().waitFor();
    await verdict(page).getByText('Finished').waitFor();
  });

  it('says in place of output why there is none', async () => {
    const page = await openEditor(await visitor());
    expect(await seenPlaceholder(page)).toMatch(/^Run the program/);
    await write(page, 'import time; time.sleep(2)');
    await run(page);
    await until('it is told that nothing came yet', async () =>
      (await seenPlaceholder(page)).includes('yet'),
    );
    await verdict(page).getByText('Finished').waitFor();
    expect(await seenPlaceholder(page)).toBe('The program printed nothing.');
  });

  it('gives a program its arguments and its limits', async () => {
    const page = await openEditor(await visitor());
    await write(page, 'import sys\nprint(sys.argv[1:], flush=True)\nwhile True: pass\n');
    await page.getByRole('tab', { name: /^Options/ }).click();
    await page.getByRole('textbox', { name: /^Arguments/ }).fill(`one 'two three'`);
    await page.getByRole('textbox', { name: /^CPU time/ }).fill('2');
    await run(page);
    await printed(page).getByText("['one', 'two three']").first().waitFor();
    await verdict(page).getByText(/time/i).first().waitFor();
  });

  it('marks a compile error at its line', async () => {
    const page = await openEditor(await visitor());
    await chooseLanguage(page, 'gcc');
    await write(page, 'int main(void) {\n  int x = 1;\n  return nothing;\n}\n');
    await run(page);
    const problem = page.getByRole('region', { name: 'Problems' }).getByRole('button').first();
    await problem.getByText('main.c:3').waitFor();
    await page.locator('.full-editor .squiggly-error').first().waitFor();
    await problem.click();
    await page.keyboard.type('0 + ');
    await page.getByText('0 + nothing').first().waitFor();
  });

  it('stops a loop', async () => {
    const page = await openEditor(await visitor());
    await write(page, 'print("on", flush=True)\nimport time\nwhile True: time.sleep(0.1)\n');
    await run(page);
    await printed(page).getByText('on', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: /^Run/ }).waitFor();
  });

  it('holds several files', async () => {
    const page = await openEditor(await visitor());
    await write(page, 'import util\nprint(util.name)\n');
    await page.getByRole('button', { name: 'Add a file' }).click();
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('../util.py');
    await page.getByText('must not hold empty').waitFor();
    await name.fill('util.py');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'util.py', selected: true }).waitFor();
    await write(page, 'name = "of the util"\n');
    await run(page);
    await printed(page).getByText('of the util').first().waitFor();
    await page.getByRole('tab', { name: 'util.py' }).focus();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'Name' }).fill('other.py');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'other.py' }).focus();
    await page.keyboard.press('Delete');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await until(
      'one file is left',
      async () => (await page.getByRole('tablist', { name: 'Files' }).getByRole('tab').count()) === 1,
    );
  });

  it('answers a prompt in a terminal', async () => {
    const page = await openEditor(await visitor());
    await write(page, 'name = input("Who? ")\nprint("Hello,", name)\n');
    await page.getByRole('tab', { name: /^Options/ }).click();
    await page.getByRole('textbox', { name: /^Time/ }).fill('60');
    await page.getByRole('switch', { name: 'Terminal' }).check();
    await run(page);
    await page.getByText('Who?').first().waitFor();
    await page.getByRole('region', { name: 'Terminal' }).locator('.xterm-screen').click();
    await page.keyboard.type('Ada\n');
    await verdict(page).getByText('Finished').waitFor();
    await page.getByText('Hello, Ada').first().waitFor();
    const ground = (of: string) =>
      page
        .locator(of)
        .first()
        .evaluate((element) => getComputedStyle(element).backgroundColor);
    expect(await ground('.terminal .xterm-viewport')).toBe(await ground('.terminal'));
    const bottom = async (of: string) => {
      const box = await page.locator(of).first().boundingBox();
      return box && Math.round(box.y + box.height);
    };
    expect(await bottom('.terminal .xterm')).toBe(await bottom('.terminal'));
  });
});

describe('what is kept in the browser', () => {
  it('is there after a reload, with the run that goes on', async () => {
    const page = await openEditor(await visitor());
    await write(page, 'import time; [(print("line", n, flush=True), time.sleep(0.5)) for n in range(6)]');
    await run(page);
    await printed(page).getByText('line 0').first().waitFor();
    await page.reload();
    await page.locator('.full-editor .view-line').first().waitFor();
    await page.getByText('for n in range(6)').first().waitFor();
    const row = (n: number) => printed(page).locator('.row-text', { hasText: `line ${n}` });
    for (const n of [0, 3, 5]) await row(n).waitFor();
    await verdict(page).getByText('Finished').waitFor();
    expect(await row(0).count()).toBe(1);
  });

  it('is told apart in two pages', async () => {
    const person = await visitor();
    const one = await openEditor(person);
    await write(one, 'print("page-one")');
    await until('it is kept', () => one.evaluate(() => JSON.stringify(localStorage).includes('page-one')));
    const other = await openEditor(person);
    await other.getByText('print("page-one")').first().waitFor();
    await write(other, 'print("page-other")');
    await until('both are kept', () =>
      other.evaluate(() => {
        const all = JSON.stringify(localStorage);
        return all.includes('page-other') && all.includes('page-one');
      }),
    );
    await run(one);
    await run(other);
    await printed(one).getByText('page-one', { exact: true }).first().waitFor();
    await printed(other).getByText('page-other', { exact: true }).first().waitFor();
    await one.reload();
    await one.locator('.full-editor .view-line').first().waitFor();
    await one.getByText('print("page-one")').first().waitFor();
    await printed(one).getByText('page-one', { exact: true }).first().waitFor();
  });

  it('has a history, from which a run is opened again and deleted for real', async () => {
    const page = await openEditor(await visitor());
    await write(page, 'print("first of all")');
    await run(page);
    await verdict(page).getByText('Finished').waitFor();
    const accepted = await page.evaluate(() => sessionStorage.getItem('runbin.run') ?? '{}');
    const { submissionId } = JSON.parse(accepted) as { submissionId: string };
    await write(page, 'print("second")');
    await run(page);
    await printed(page).getByText('second').first().waitFor();
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByRole('button', { name: /^print\("first of all"\)/ }).click();
    await printed(page).getByText('first of all', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByRole('button', { name: /^Delete the run print\("first of all"\)/ }).click();
    await until('it is deleted', async () => {
      const { status } = await system.client.request('GET', `/v1/submissions/${submissionId}`);
      return status === 404;
    });
    await until(
      'it is not listed',
      async () => (await page.getByText('Delete the run print("first').count()) === 0,
    );
  });
});

describe('a link', () => {
  it('is made, opened in a fresh profile, and forked into the editor', async () => {
    const page = await openEditor(await visitor());
    await write(page, 'print(input()[::-1])');
    await page.getByRole('textbox', { name: 'Standard input' }).fill('stressed');
    await run(page);
    await printed(page).getByText('desserts').first().waitFor();
    const url = await shareLink(page);
    await page.getByRole('img', { name: `QR code of ${url}` }).waitFor();
    const path = new URL(url).pathname;

    const somebody = await visitor();
    const shared = await somebody.open(path);
    await shared.getByText('desserts').first().waitFor();
    await shared.getByRole('link', { name: 'Fork' }).click();
    await shared.locator('.full-editor .view-line').first().waitFor();
    await shared.getByText('print(input()[::-1])').first().waitFor();
    expect(await shared.getByRole('textbox', { name: 'Standard input' }).inputValue()).toBe('stressed');
    expect(new URL(shared.url()).search).toBe('');
    await run(shared);
    await printed(shared).getByText('desserts').first().waitFor();
  });

  it('is made for a time, and revoked', async () => {
    const page = await openEditor(await visitor());
    await run(page);
    await verdict(page).getByText('Finished').waitFor();
    const forever = await shareLink(page);
    await page.getByRole('radio', { name: 'In 1 day' }).check();
    const field = page.getByRole('textbox', { name: 'Link' });
    await until('another link is made', async () => ![forever, ''].includes(await field.inputValue()));
    const code = (await field.inputValue()).split('/').at(-1);
    await page.getByRole('button', { name: 'Revoke this link' }).click();
    await page.getByText('The link is revoked').waitFor();
    expect((await system.client.request('GET', `/v1/urls/${code ?? ''}`)).status).toBe(410);
  });

  it('that does not exist says so, and leaves the editor usable', async () => {
    const page = await openEditor(await visitor({ allowed: /404/ }), '/?fork=nothing123');
    await page
      .getByText('There is no such link')
      .or(page.getByText(/no link/i))
      .first()
      .waitFor();
    await run(page);
    await printed(page).getByText('Hello, world!').first().waitFor();
  });
});

describe('for everyone', () => {
  it.each(['light', 'dark'] as const)(
    'has no serious finding of axe, in the %s theme',
    async (colorScheme) => {
      const page = await openEditor(await visitor({ colorScheme }));
      await write(page, 'import sys\nprint("out")\nprint("err", file=sys.stderr)\nraise SystemExit(3)\n');
      await run(page);
      await verdict(page).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('tab', { name: /^Options/ }).click();
      expect(await seriousFindings(page)).toEqual([]);
      await shareLink(page);
      await page.getByRole('img', { name: /^QR code/ }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'History' }).click();
      expect(await seriousFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^Language/ }).click();
      await page.getByRole('option').first().waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Menu' }).click();
      await page.getByRole('menuitem').first().waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
    },
  );

  it('follows the theme of the system, and what a person chooses', async () => {
    const page = await openEditor(await visitor({ colorScheme: 'dark' }));
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: /Theme/ }).click();
    await until('it is light', async () => (await ground()) !== dark);
    await page.reload();
    await until('it is light again', async () => (await ground()) !== dark);
  });

  it('fits on a phone', async () => {
    const page = await (await visitor(PHONE)).open('/');
    const code = page.getByRole('textbox', { name: 'Code of main.py' });
    await code.fill('print(input().upper())');
    await page.getByRole('button', { name: 'Input' }).click();
    await page.getByRole('textbox', { name: 'Standard input' }).fill('small');
    await page.getByRole('button', { name: /^Run/ }).click();
    await printed(page).getByText('SMALL').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('needs no mouse', async () => {
    const page = await openEditor(await visitor());
    await page.locator('.full-editor').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await until('the focus has left the editor', () =>
      page.evaluate(() => document.activeElement?.closest('.full-editor') === null),
    );
    const handle = page.getByRole('separator', { name: 'Width of the code' });
    await handle.focus();
    const before = Number(await handle.getAttribute('aria-valuenow'));
    await page.keyboard.press('ArrowRight');
    await until('it has moved', async () => Number(await handle.getAttribute('aria-valuenow')) > before);
  });
});

declare const localStorage: Record<string, string>;
declare const sessionStorage: { getItem(key: string): string | null };
declare const document: {
  execCommand(command: string, showsUi: boolean, value: string): boolean;
  elementFromPoint(x: number, y: number): { matches(selector: string): boolean; textContent: string } | null;
  body: unknown;
  documentElement: { scrollWidth: number };
  activeElement: { closest(selector: string): unknown } | null;
};
declare function dispatchEvent(event: unknown): boolean;
declare const KeyboardEvent: new (type: string, init: { key: string; ctrlKey: boolean }) => unknown;
declare function getComputedStyle(element: unknown): { backgroundColor: string };
