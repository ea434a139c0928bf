import { readFileSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { BROWSER_FLAGS, findBrowser } from '../tools/lib/browser.mjs';

const LAUNCH_TIMEOUT_MS = 60_000;
/** How long a page may take to come to what a test waits for. Generous: the machine may be busy. */
const PAGE_TIMEOUT_MS = 30_000;
/** Of a test that looks at many pages one after the other. */
const TEST_TIMEOUT_MS = 240_000;

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** A person's browser: pages of one profile, and what they did that no page of ours may do. */
export interface Visitor {
  /** @param path on the server, or a whole address */
  open(path: string): Promise<Page>;
  /**
   * Ends the profile.
   * @throws Error when a page printed to the console, threw, or asked another server for something
   */
  leave(): Promise<void>;
}

interface VisitorOptions extends BrowserContextOptions {
  /** Faults that are what the test is about: what the browser prints of an answer 404, or another origin. */
  readonly allowed?: RegExp;
}

export interface BrowserUnderTest {
  /** A fresh profile: nothing kept, nothing cached. */
  visitor(baseURL: string, options?: VisitorOptions): Promise<Visitor>;
}

/** One Chromium for the tests of a file. Profiles that a test has not left are left after it. */
export function useBrowser(): BrowserUnderTest {
  let browser: Browser | undefined;
  const visitors: Visitor[] = [];
  jest.setTimeout(TEST_TIMEOUT_MS);
  beforeAll(async () => {
    const executablePath = findBrowser();
    if (!executablePath) throw new Error('there is no Chromium here; Debian’s package is called chromium');
    browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
  }, LAUNCH_TIMEOUT_MS);
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) await visitor.leave();
  });
  afterAll(() => browser?.close());
  return {
    async visitor(baseURL, options = {}) {
      if (!browser) throw new Error('the browser is used before it was started');
      const visitor = await welcome(browser, { baseURL, ...options });
      visitors.push(visitor);
      return visitor;
    },
  };
}

async function welcome(
  browser: Browser,
  { allowed, ...options }: VisitorOptions & { baseURL: string },
): Promise<Visitor> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PAGE_TIMEOUT_MS);
  const faults: string[] = [];
  const note = (fault: string) => {
    if (!allowed?.test(fault)) faults.push(fault);
  };
  context.on('console', (message) => note(`console ${message.type()}: ${message.text()}`));
  context.on('weberror', (error) => note(`uncaught: ${String(error.error())}`));
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    const isOurs = origin === new URL(options.baseURL).origin || ['data:', 'blob:'].includes(protocol);
    if (!isOurs) note(`asked another server: ${request.url()}`);
  });
  let isHere = true;
  return {
    async open(path) {
      const page = await context.newPage();
      await page.goto(path);
      return page;
    },
    async leave() {
      if (!isHere) return;
      isHere = false;
      await context.close();
      if (faults.length > 0) throw new Error(`a page did what it may not:\n${faults.join('\n')}`);
    },
  };
}

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly string[];
}

/**
 * What axe finds wrong with a page once nothing in it fades or moves any more (a dialog that is half there has half
 * its contrast), and calls serious or critical; each with the elements.
 */
export async function seriousFindings(page: Page): Promise<Finding[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const passing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html.slice(0, 200)) }));
  });
}

/** What is used of the page's document. */
interface Animated {
  getAnimations(): {
    effect: { getComputedTiming(): { endTime: number } } | null;
    finished: Promise<unknown>;
  }[];
}

/** What is used of axe-core in the page. */
interface Axe {
  run(
    context: unknown,
    options: { resultTypes: string[] },
  ): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}

declare const document: Animated;
