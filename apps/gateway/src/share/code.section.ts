import type { Submission } from '@runbin/contracts/submission';
import { decodeBytes } from '@runbin/contracts/text';
import type { Catalogue } from '@runbin/languages/catalogue';
import { visible } from '../display/deceptive';
import { grammarOf } from '../display/grammars';
import { hexDump, MAX_DUMPED_BYTES } from '../display/hex.dump';
import type { ColouringTime, Highlighter } from '../display/highlighter';
import { type Room, Sheet } from '../display/sheet';
import { type Html, markup } from '../http/html';
import { rawAddress } from './addresses';
import { notes } from './notes';
import { bytes } from './verdict';

/** What the files of a page are shown with. */
export interface Showing {
  readonly catalogue: Catalogue;
  readonly highlighter: Highlighter;
  /** For files. */
  readonly room: Room;
  readonly time: ColouringTime;
}

type File = Submission['files'][number];

/** The files of a submission, the entry first. Lines have ids: `L3` in the first file, `F2L3` in the second. */
export function codeSections(code: string, { files, language }: Submission, showing: Showing): Html {
  const sections = files.map((file, at) => codeSection(code, file, at, language, showing));
  if (files.length === 1) return markup`${sections}`;
  const items = files.map(({ name }, at) => markup`<li><a href="#file-${at + 1}">${visible(name)}</a></li>`);
  return markup`<nav class="files" aria-label="Files"><ul>${items}</ul></nav>${sections}`;
}

function codeSection(code: string, file: File, at: number, language: string, showing: Showing): Html {
  const { name } = file;
  const raw = rawAddress(code, at === 0 ? undefined : name);
  const [body, said] = file.encoding === 'base64' ? binary(file) : source(file, at, language, showing);
  return markup`<section class="block code" id="file-${at + 1}" aria-labelledby="file-${at + 1}-name">
<header><h2 id="file-${at + 1}-name">${visible(name)}</h2>${notes(said)}<span class="tools"><button type="button" class="quiet" data-copy="${raw}" hidden>Copy</button><a class="quiet" href="${raw}">Raw</a></span></header>
${body}
</section>`;
}

function source(
  { name, content }: File,
  at: number,
  languageId: string,
  { catalogue, highlighter, room, time }: Showing,
): [Html, string[]] {
  const sheet = new Sheet(room, at === 0 ? 'L' : `F${at + 1}L`);
  const grammar = grammarOf(name, at === 0, catalogue.get(languageId), catalogue.all());
  for (const run of highlighter.colour(content, grammar, time)) sheet.write(run);
  const html = sheet.html();
  const said = sheet.isCut ? ['only the beginning is shown here'] : [];
  return [markup`<pre class="lines" tabindex="0"><code>${html}</code></pre>`, said];
}

function binary(file: File): [Html, string[]] {
  const content = decodeBytes(file);
  const said = [`not text: ${bytes(content.length)} as a hex dump`];
  if (content.length > MAX_DUMPED_BYTES) said.push('only the beginning is shown here');
  return [markup`<pre tabindex="0">\n${hexDump(content)}</pre>`, said];
}
