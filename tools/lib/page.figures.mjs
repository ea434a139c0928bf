// @ts-check
import { percentile } from './bench.mjs';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{p50: number, p95: number}} Spread milliseconds */

/** Prints another line each time, so that one run can be told from the next on the screen. */
const HELLO = 'print("hello", id(object()))\n';

/** Runs that fill caches and pools before anything counts. */
const WARM_UPS = 5;

/** Between two runs, as a person makes them; shorter, and the next meets the making of sandboxes. */
const PAUSE_MS = 250;

/**
 * From the key being pressed to the frame that has the first byte of output on it. Both are told by the browser's own
 * clock: the time of the event is that of the press, and a message that was posted from within a frame comes after it.
 * @param {Browser} browser
 * @param {string} url
 * @param {number} runs
 * @returns {Promise<{all: Spread, accepted: Spread, piece: Spread}>} `accepted`: until the page has the answer to its
 *   request; `piece`: until the output is in the page, drawn or not
 */
export async function keyToOutput(browser, url, runs) {
  const context = await browser.newContext({ baseURL: url });
  try {
    const page = await context.newPage();
    await page.goto('/');
    await page.locator('.full-editor .view-line').first().waitFor();
    await page.locator('.full-editor').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(HELLO);
    await page.evaluate(watchOutput);
    /** @type {{shown: number, piece: number, accepted: number}[]} */
    const taken = [];
    for (let run = -WARM_UPS; run < runs; run++) {
      await page.keyboard.press('Control+Enter');
      const times = await page.evaluate(() => /** @type {any} */ (globalThis).benchOutput());
      if (run >= 0) taken.push(times);
      await page.getByRole('region', { name: 'Verdict' }).getByText('Finished').waitFor();
      await page.waitForTimeout(PAUSE_MS);
    }
    const spread = (/** @type {'shown' | 'piece' | 'accepted'} */ what) =>
      spreadOf(taken.map((times) => times[what]));
    return { all: spread('shown'), piece: spread('piece'), accepted: spread('accepted') };
  } finally {
    await context.close();
  }
}

/** In the page: `benchOutput()` answers with the times of the run whose key was pressed last. */
function watchOutput() {
  const { document, performance, MutationObserver, MessageChannel, addEventListener } = /** @type {any} */ (
    globalThis
  );
  let before = '';
  let [pressedMs, acceptedMs] = [0, 0];
  /** @type {((times: object) => void) | undefined} */
  let tell;
  /** @type {object | undefined} */
  let told;
  const printed = () =>
    [...document.querySelectorAll('.rows .row-text')].map(({ textContent }) => textContent).join('\n');
  const observer = new MutationObserver(() => {
    const text = printed();
    if (text === '' || text === before) return;
    observer.disconnect();
    const pieceMs = performance.now();
    // The page draws rows within a frame: what is posted from there comes when that frame is done.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      told = {
        shown: performance.now() - pressedMs,
        piece: pieceMs - pressedMs,
        accepted: acceptedMs - pressedMs,
      };
      tell?.(told);
    };
    port2.postMessage(null);
  });
  // The answer goes on with the events of the run: when it has begun, the run is accepted.
  const { fetch } = globalThis;
  globalThis.fetch = async (...request) => {
    const answer = await fetch(...request);
    if (request[1]?.method === 'POST') acceptedMs = performance.now();
    return answer;
  };
  // On the window, as the page's own: that one keeps the key from going on.
  addEventListener(
    'keydown',
    (/** @type {any} */ { key, timeStamp }) => {
      if (key !== 'Enter') return;
      before = printed();
      pressedMs = timeStamp;
      told = undefined;
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    },
    { capture: true },
  );
  /** @type {any} */ (globalThis).benchOutput = () => told ?? new Promise((resolve) => (tell = resolve));
}

/**
 * Opens the editor's page with nothing cached, and presses a key as soon as there is something to type into.
 * @param {Browser} browser
 * @param {string} url
 * @param {number} times
 * @returns {Promise<{typing: Spread, full: Spread, scriptBytes: number}>} from the start of the navigation to the frame that
 *   shows the key, and to the full editor being drawn; compressed bytes of script that were there when it could be typed
 */
export async function coldStart(browser, url, times) {
  const [typing, full] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  let scriptBytes = 0;
  for (let time = 0; time < times; time++) {
    const context = await browser.newContext({ baseURL: url });
    try {
      const page = await context.newPage();
      await page.addInitScript(typeAtOnce);
      await page.goto('/', { waitUntil: 'commit' });
      await page.waitForFunction(() => /** @type {any} */ (globalThis).benchTyping?.isReady);
      await page.keyboard.press('x');
      const { shownMs, bytes } = await page.evaluate(() => /** @type {any} */ (globalThis).benchTyping.shown);
      typing.push(shownMs);
      scriptBytes = bytes;
      await page.locator('.full-editor .view-line').first().waitFor();
      full.push(await page.evaluate(() => /** @type {any} */ (globalThis).benchTyping.fullMs));
    } finally {
      await context.close();
    }
  }
  return { typing: spreadOf(typing), full: spreadOf(full), scriptBytes };
}

/** In the page, before anything of it: waits for a field, puts the focus there and notes when a key is shown. */
function typeAtOnce() {
  const { document, performance, MutationObserver, MessageChannel, requestAnimationFrame } =
    /** @type {any} */ (globalThis);
  /** @type {any} */
  const typing = { isReady: false, fullMs: 0 };
  /** @type {any} */ (globalThis).benchTyping = typing;
  const afterFrame = (/** @type {() => void} */ then) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = then;
      port2.postMessage(null);
    });
  typing.shown = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const field = document.querySelector('.light-field');
      if (field && !typing.isReady) {
        const scripts = performance
          .getEntriesByType('resource')
          .filter((/** @type {any} */ { name }) => name.endsWith('.js'));
        const bytes = scripts.reduce(
          (/** @type {number} */ sum, /** @type {any} */ { encodedBodySize }) => sum + encodedBodySize,
          0,
        );
        field.focus();
        field.addEventListener(
          'input',
          () => afterFrame(() => resolve({ shownMs: performance.now(), bytes })),
          { once: true },
        );
        typing.isReady = true;
      }
      if (document.querySelector('.full-editor .view-line')) {
        observer.disconnect();
        afterFrame(() => (typing.fullMs = performance.now()));
      }
    });
    observer.observe(document, { childList: true, subtree: true });
  });
}

/**
 * The page of a link as its reader gets it: one request after the other, over one connection.
 * @param {import('./client.mjs').Client} client
 * @param {object} submission
 * @param {number} times
 * @returns {Promise<{answer: Spread, bytes: number}>}
 */
export async function sharePage(client, submission, times) {
  const { submission_id: id } = /** @type {{submission_id: string}} */ (await client.run(submission));
  const { code } = /** @type {{code: string}} */ ((await client.generateUrl(id)).json);
  const open = () => client.request('GET', `/s/${code}`, { headers: { 'accept-encoding': 'br' } });
  const answers = [];
  for (let time = -WARM_UPS; time < times; time++) {
    const since = performance.now();
    const { status, headers } = await open();
    if (status !== 200) throw new Error(`/s/${code}: ${status}`);
    if (time >= 0) answers.push(performance.now() - since);
    if (headers['content-encoding'] !== 'br') throw new Error('the page is not compressed');
  }
  return { answer: spreadOf(answers), bytes: Number((await open()).headers['content-length']) };
}

/** @param {number[]} durationsMs @returns {Spread} */
const spreadOf = (durationsMs) => ({
  p50: percentile(durationsMs, 0.5),
  p95: percentile(durationsMs, 0.95),
});
