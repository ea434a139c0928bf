import type { languages } from 'monaco-editor/editor/editor.api';

/** What makes a language look like itself: comments, strings, and words that mean something. */
export interface Grammar {
  readonly id: string;
  readonly line?: string;
  readonly block?: readonly [open: string, close: string];
  /** Signs that texts stand between; a backslash escapes within. */
  readonly quotes: readonly string[];
  readonly keywords: readonly string[];
  readonly types?: readonly string[];
  readonly ignoresCase?: boolean;
  /** Characters of a word after its first, where they are others than letters, digits and `_`. */
  readonly word?: RegExp;
  /** Rules that go before all others. */
  readonly first?: languages.IMonarchLanguageRule[];
}

/** A tokenizer of the editor for it. */
export function tokenizerOf(grammar: Grammar): languages.IMonarchLanguage {
  const { line, block, quotes, keywords, types = [], ignoresCase = false, word, first = [] } = grammar;
  const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  const root: languages.IMonarchLanguageRule[] = [
    ...first,
    ...(block ? [[new RegExp(escaped(block[0])), 'comment', '@comment'] as [RegExp, string, string]] : []),
    ...(line ? [[new RegExp(`${escaped(line)}.*$`), 'comment'] as [RegExp, string]] : []),
    ...quotes.map(
      (quote) => [new RegExp(escaped(quote)), 'string', `@string.${quote}`] as [RegExp, string, string],
    ),
    [
      word ?? /[a-zA-Z_]\w*/,
      { cases: { '@keywords': 'keyword', '@types': 'type', '@default': 'identifier' } },
    ],
    [/\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][-+]?\d+)?\w*/, 'number'],
    [/[{}()[\]]/, '@brackets'],
  ];
  return {
    ignoreCase: ignoresCase,
    keywords: [...keywords],
    types: [...types],
    tokenizer: {
      root,
      comment: block
        ? [
            [new RegExp(escaped(block[1])), 'comment', '@pop'],
            [/./, 'comment'],
          ]
        : [],
      string: [
        [/\\./, 'string.escape'],
        [/["'`]/, { cases: { '$0==$S2': { token: 'string', next: '@pop' }, '@default': 'string' } }],
        [/[^\\"'`]+/, 'string'],
        // A text that was not closed ends with its line.
        [/$/, 'string', '@pop'],
      ],
    },
  };
}
