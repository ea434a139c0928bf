import { isFinal } from '@runbin/contracts/status';
import { visible, visibleText } from '../display/deceptive';
import type { Room } from '../display/sheet';
import { type Html, markup } from '../http/html';
import type { ShownLink } from '../urls/link.desk';
import { forkAddress, jsonAddress, rawAddress, zipAddress } from './addresses';
import { codeSections, type Showing } from './code.section';
import { inputSections, outputSections } from './output.section';
import { BRAND, pageOf, refreshEvery } from './page.frame';
import { timelinePicture } from './timeline.picture';
import { figuresOf, verdictOf } from './verdict';

/** Seconds after which a page that waits for its result looks again. */
const RELOAD_S = 3;

/** What a page is made of beside what the link shows. */
export interface PageParts extends Showing {
  /** Before anything is painted: the theme that was chosen here; undefined where there is no web build. */
  readonly earlyScript: string | undefined;
  readonly script: string | undefined;
  readonly resultsRoom: Room;
  /** For those who show the link elsewhere. */
  readonly card: Html;
}

/** The page of a link: code, input and output, and how it ended. It needs no script, which only adds to it. */
export function sharePage(shown: ShownLink, parts: PageParts): string {
  const { link, submission, result } = shown;
  const { code } = link;
  const label = parts.catalogue.get(submission.language)?.label ?? submission.language;
  const verdict = verdictOf(shown);
  const pending = isPending(shown);
  const results = markup`${result ? outputSections(code, result, shown.output_log, parts.resultsRoom) : ''}${inputSections(submission, parts.resultsRoom)}`;
  const files = codeSections(code, submission, parts);
  const body = markup`<header class="top">${BRAND}${actions(code)}</header>
<main id="share" data-code="${code}" data-status="${result?.status ?? 'unknown'}">
<div class="summary">
<h1>${label} <small>${visible(submission.language_version ?? '')}</small></h1>
<span class="verdict ${verdict.tone}" id="verdict" role="status">${verdict.words}</span>
<p class="message" id="message">${visible(result?.message ?? shown.result_problem?.detail ?? '')}</p>
${result ? figures(figuresOf(result)) : ''}
${result ? (timelinePicture(result.timeline) ?? '') : ''}
</div>
<div class="columns${results.text === '' ? '' : ' two'}">
<div>${files}</div>
<div id="results">${results}</div>
</div>
</main>
${footer(shown)}`;
  const title = `${visibleText(submission.files[0]?.name ?? label)}: ${verdict.words}`;
  return pageOf({ title: `${title} · Runbin`, more: headOf(parts, pending) }, body);
}

/** Whether there is more to come. */
export function isPending({ result, result_problem }: ShownLink): boolean {
  return result ? !isFinal(result.status) : result_problem?.code !== 'result_gone';
}

function headOf({ earlyScript, script, card }: PageParts, pending: boolean): Html {
  const reload = refreshEvery(RELOAD_S);
  return markup`<meta name="robots" content="noindex">
${pending ? (script === undefined ? reload : markup`<noscript>${reload}</noscript>`) : ''}
${earlyScript === undefined ? '' : markup`<script src="${earlyScript}"></script>`}
${script === undefined ? '' : markup`<script type="module" src="${script}"></script>`}
${card}`;
}

/** What needs the script is hidden until it is there. */
function actions(code: string): Html {
  return markup`<div class="actions">
<button type="button" class="button" data-action="theme" hidden>Theme</button>
<a class="button" href="${zipAddress(code)}">Download</a>
<button type="button" class="button" data-action="replay" hidden>Replay</button>
<button type="button" class="button" data-action="run" hidden>Run again</button>
<a class="button primary" href="${forkAddress(code)}">Fork</a>
</div>`;
}

function figures(entries: readonly [string, string][]): Html {
  if (entries.length === 0) return markup``;
  return markup`<dl class="figures" id="figures">${entries.map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

function footer({ link, submission }: ShownLink): Html {
  const { code, expires_at } = link;
  return markup`<footer class="foot"><p>Submitted ${moment(submission.created_at)}${
    expires_at === null ? '' : markup` · this link expires ${moment(expires_at)}`
  } · <a href="${rawAddress(code)}">raw</a> · <a href="${jsonAddress(code)}">JSON</a> · <a href="/docs">API</a></p></footer>`;
}

const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

const moment = (at: string) => markup`<time datetime="${at}">${MOMENT.format(new Date(at))} UTC</time>`;
