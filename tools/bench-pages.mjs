// @ts-check
// npm run bench:pages -- [--url URL] [--quick] [--no-write]
// Measures what a person at a browser waits for, in Chromium on the same machine, and writes docs/benchmarks.md. Takes a
// minute; --quick takes half of it and writes nothing.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { BROWSER_FLAGS, findBrowser } from './lib/browser.mjs';
import { Client } from './lib/client.mjs';
import { writeBetween } from './lib/document.mjs';
import { machine } from './lib/machine.mjs';
import { coldStart, keyToOutput, sharePage } from './lib/page.figures.mjs';
import { PrivateCopy } from './lib/private.copy.mjs';
import { ROOT } from './lib/root.mjs';

const DOCUMENT = path.join(ROOT, 'docs/benchmarks.md');

const SHARED = {
  hello: { language: 'python', code: 'print("hello")\n' },
  'sixty lines that print a hundred': {
    language: 'python',
    code: `${Array.from({ length: 58 }, (_, n) => `def square_${n}(x):  return x * x + ${n}  # "text"`).join('\n')}
for n in range(100):
    print("line", n, square_7(n))
`,
  },
};

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const plan = options.quick ? { runs: 10, starts: 3, opened: 50 } : { runs: 50, starts: 10, opened: 300 };

const executablePath = findBrowser();
if (executablePath === undefined)
  throw new Error('there is no Chromium here; Debian’s package is called chromium');
const copy = options.url === undefined ? new PrivateCopy() : undefined;
const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
let report;
try {
  report = await measure(options.url ?? (await /** @type {PrivateCopy} */ (copy).start()));
} finally {
  await browser.close();
  await copy?.discard();
}
if (options.write && !options.quick) await writeBetween(DOCUMENT, 'pages', report);

/** @param {string} url */
async function measure(url) {
  const lines = [
    `- ${machine()}`,
    `- Chromium ${browser.version()}, ${new Date().toISOString().slice(0, 10)}, ${plan.runs} runs, ${plan.starts} starts, ${plan.opened} openings`,
    '',
  ];
  const print = (/** @type {(string | number)[]} */ ...cells) => {
    lines.push(`| ${cells.join(' | ')} |`);
    console.log(lines.at(-1));
  };
  lines.forEach((line) => console.log(line));
  print('what a person waits for', 'p50', 'p95', 'wanted');
  print('---', '---:', '---:', '---:');
  const run = await keyToOutput(browser, url, plan.runs);
  print('from Ctrl+Enter to the first output on the screen, hello in python', ...spread(run.all), '60 ms');
  print('… to the answer that the run is accepted', ...spread(run.accepted), '');
  print('… to its output in the page, not yet drawn', ...spread(run.piece), '');
  const start = await coldStart(browser, url, plan.starts);
  print(
    'from the address to a typed letter on the screen, nothing cached',
    ...spread(start.typing),
    '1500 ms',
  );
  print('… to the full editor', ...spread(start.full), '');
  print('compressed script until one can type', `${(start.scriptBytes / 1000).toFixed(1)} kB`, '', '200 kB');
  const client = new Client(url);
  for (const [name, submission] of Object.entries(SHARED)) {
    const { answer, bytes } = await sharePage(client, submission, plan.opened);
    print(`the page of a link, ${name}: whole answer`, ...spread(answer), '50 ms');
    print('… its size, compressed', `${(bytes / 1000).toFixed(1)} kB`, '', '30 kB');
  }
  client.close();
  return lines;
}

/** @param {import('./lib/page.figures.mjs').Spread} figures */
function spread({ p50, p95 }) {
  return [p50, p95].map((ms) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`);
}
