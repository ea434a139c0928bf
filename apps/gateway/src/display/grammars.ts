import { createRequire } from 'node:module';
import type { Language } from '@runbin/languages/language';

/** What is used of highlight.js. An import would bring its types along, and with them those of a browser. */
interface HighlightJs {
  getLanguage(name: string): object | undefined;
  registerLanguage(name: string, grammar: unknown): void;
  highlight(text: string, options: { language: string; ignoreIllegals?: boolean }): { value: string };
}

const load = createRequire(__filename);

export const hljs = load('highlight.js/lib/core') as HighlightJs;

/** Files of data that programs bring along. */
const OF_DATA: Readonly<Record<string, string>> = {
  '.css': 'css',
  '.h': 'cpp',
  '.hpp': 'cpp',
  '.html': 'xml',
  '.ini': 'ini',
  '.json': 'json',
  '.md': 'markdown',
  '.svg': 'xml',
  '.toml': 'ini',
  '.xml': 'xml',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};

/** Loads a grammar of highlight.js when it is used first: there are many, and one page needs one. */
export function isReady(grammar: string): boolean {
  if (hljs.getLanguage(grammar)) return true;
  try {
    hljs.registerLanguage(grammar, load(`highlight.js/lib/languages/${grammar}`));
  } catch {
    return false;
  }
  // What is compiled on first use would count against the time of whoever comes first.
  hljs.highlight('', { language: grammar });
  return true;
}

/** The grammar that colours a file of a submission: by its own extension, where that says something. */
export function grammarOf(
  fileName: string,
  isEntry: boolean,
  language: Language | undefined,
  all: readonly Language[],
): string | undefined {
  const extension = /\.[^./]+$/.exec(fileName)?.[0] ?? '';
  const names = (candidate: Language) => candidate.source_extensions.includes(extension);
  if (language && (isEntry || names(language))) return language.highlight;
  return OF_DATA[extension] ?? all.find(names)?.highlight;
}
