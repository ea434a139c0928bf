import { createHash } from 'node:crypto';
import { hljs, isReady } from './grammars';
import { Recent } from '@runbin/platform/recent';
import type { StyledText } from './styled.text';
import { withinTime } from './time.limit';

/** Longer text is not coloured: it would take longer than anybody should wait for a page. */
export const MAX_COLOURED_CHARACTERS = 64 * 1024;

/** Of all files of one page. The usual program takes 3 ms; a grammar can be made to take seconds. */
const MAX_PAGE_MS = 100;

/** What was too slow may have met a busy machine: then it is tried again. */
const TOO_SLOW_FOR_MS = 60_000;

/** Characters of source whose colours are remembered. */
const REMEMBERED_CHARACTERS = 4 * 1024 * 1024;

/** Texts that were too slow to colour. */
const REMEMBERED_SLOW = 10_000;

/** How the scopes of highlight.js look; what is not here looks like everything else. */
const STYLES: Readonly<Record<string, string>> = {
  keyword: 'k',
  'selector-tag': 'k',
  tag: 'k',
  name: 'k',
  literal: 'n',
  number: 'n',
  symbol: 'n',
  bullet: 'n',
  string: 's',
  regexp: 's',
  char: 's',
  addition: 's',
  comment: 'c',
  quote: 'c',
  doctag: 'c',
  title: 'f',
  section: 'f',
  built_in: 't',
  type: 't',
  class: 't',
  'selector-class': 't',
  'selector-id': 't',
  attr: 'a',
  attribute: 'a',
  property: 'a',
  variable: 'a',
  'template-variable': 'a',
  link: 'a',
  meta: 'm',
  deletion: 'm',
};

/** `title.class_` is a type. */
const TITLES_OF_TYPES = 'class_';

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
};

/** Time that is left for colouring what one page shows. */
export interface ColouringTime {
  ms: number;
}

export const timeOfPage = (): ColouringTime => ({ ms: MAX_PAGE_MS });

/**
 * Colours source text. The library's HTML is read back into text and scopes, so that nothing but text and classes of
 * ours gets into a page, whatever a grammar does with what a stranger wrote.
 */
export class Highlighter {
  /** Whoever shows the same again does not wait again. */
  private readonly known = new Recent<readonly StyledText[]>(REMEMBERED_CHARACTERS);
  /** And not for what was too slow: when that was, by a monotonic clock. */
  private readonly slowAtMs = new Recent<number>(REMEMBERED_SLOW);

  /** Plain, where there is no grammar or no time. */
  colour(text: string, grammar: string | undefined, time: ColouringTime): readonly StyledText[] {
    const plain = [{ text, style: '' }];
    if (grammar === undefined || text.length > MAX_COLOURED_CHARACTERS || !isReady(grammar)) return plain;
    const key = createHash('sha256').update(`${grammar}\0`).update(text).digest('base64');
    const known = this.known.get(key);
    if (known) return known;
    const startMs = performance.now();
    const slowAtMs = this.slowAtMs.get(key);
    const isSlow = slowAtMs !== undefined && startMs - slowAtMs < TOO_SLOW_FOR_MS;
    if (isSlow || time.ms <= 0) return plain;
    const html = withinTime(
      time.ms,
      () => hljs.highlight(text, { language: grammar, ignoreIllegals: true }).value,
    );
    time.ms = html === undefined ? 0 : time.ms - (performance.now() - startMs);
    if (html === undefined) {
      this.slowAtMs.set(key, startMs, 1);
      return plain;
    }
    const coloured = styledTextOf(html);
    this.known.set(key, coloured, text.length);
    return coloured;
  }
}

/** Reads `<span class="hljs-…">`, `</span>` and text with five entities: all that the library writes. */
function styledTextOf(html: string): StyledText[] {
  const runs: StyledText[] = [];
  const open = [''];
  for (const [token, classes] of html.matchAll(/<span class="([^"]*)">|<\/span>|[^<]+/g)) {
    if (classes !== undefined) open.push(styleOf(classes, open.at(-1) ?? ''));
    else if (token === '</span>') open.pop();
    else
      runs.push({ text: token.replace(/&(?:amp|lt|gt|quot|#x27);/g, unescaped), style: open.at(-1) ?? '' });
  }
  return runs;
}

const unescaped = (entity: string) => ENTITIES[entity] ?? entity;

/** What has no look of its own looks like what it stands in, but for what is put into a string. */
function styleOf(classes: string, around: string): string {
  const [scope = '', ...more] = classes.split(' ');
  const name = scope.replace(/^hljs-/, '');
  if (name === 'subst') return '';
  if (name === 'title' && more.includes(TITLES_OF_TYPES)) return 't';
  return Object.hasOwn(STYLES, name) ? (STYLES[name] ?? '') : around;
}
