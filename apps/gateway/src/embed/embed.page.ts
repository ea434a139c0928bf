import { visible, visibleText } from '../display/deceptive';
import { type Html, markup } from '../http/html';
import { shareAddress } from '../share/addresses';
import { codeSections } from '../share/code.section';
import { inputSections, outputSections } from '../share/output.section';
import { MARK, pageOf, refreshEvery } from '../share/page.frame';
import { isPending, type PageParts } from '../share/share.page';
import { verdictOf } from '../share/verdict';
import type { ShownLink } from '../urls/link.desk';
import type { EmbedOptions } from './embed.query';

/** Seconds after which a page that waits for its result looks again. */
const RELOAD_S = 3;

/**
 * What a link shows, for a small frame in somebody else's page: without a script, and tabs by style alone. Where there
 * is room both stand beside each other.
 */
export function embedPage(shown: ShownLink, { theme, show }: EmbedOptions, parts: PageParts): string {
  const { link, submission, result } = shown;
  const label = parts.catalogue.get(submission.language)?.label ?? submission.language;
  const { tone, words } = verdictOf(shown);
  const panes: Pane[] = [];
  if (show !== 'output') {
    panes.push({ id: 'code', title: 'Code', body: codeSections(link.code, submission, parts) });
  }
  if (show !== 'code') {
    const outcome = result
      ? outputSections(link.code, result, shown.output_log, parts.resultsRoom)
      : markup`<p class="said">${shown.result_problem?.detail ?? ''}</p>`;
    const input = inputSections(submission, parts.resultsRoom);
    panes.push({ id: 'output', title: 'Output', body: markup`${outcome}${input}` });
  }
  const body = markup`<header class="bar"><h1>${label} <small>${visible(submission.language_version ?? '')}</small></h1><span class="verdict ${tone}">${words}</span><a class="brand" href="${shareAddress(link.code)}" target="_blank" rel="noopener">${MARK}Open in Runbin</a></header>
<main>${panes.length === 1 ? markup`<div class="pane">${panes[0]?.body ?? ''}</div>` : tabs(panes)}</main>`;
  return pageOf(
    {
      title: `${visibleText(submission.files[0]?.name ?? label)}: ${words} · Runbin`,
      theme,
      bodyClass: 'embed',
      more: markup`<meta name="robots" content="noindex">${isPending(shown) ? refreshEvery(RELOAD_S) : ''}`,
    },
    body,
  );
}

interface Pane {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

function tabs(panes: readonly Pane[]): Html {
  const inputs = panes.map(
    ({ id, title }, at) =>
      markup`<input type="radio" name="view" id="view-${id}"${at === 0 ? markup` checked` : ''}><label for="view-${id}">${title}</label>`,
  );
  const bodies = panes.map(({ id, body }) => markup`<div class="pane ${id}-pane">${body}</div>`);
  return markup`<div class="tabs" role="group" aria-label="What is shown">${inputs}${bodies}</div>`;
}
