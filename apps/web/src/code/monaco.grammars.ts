import { languages } from 'monaco-editor/editor/editor.api';
import { GRAMMARS } from './grammars';
import { tokenizerOf } from './grammar';

for (const grammar of GRAMMARS) {
  const { id, line, block, quotes } = grammar;
  languages.register({ id });
  languages.setMonarchTokensProvider(id, tokenizerOf(grammar));
  languages.setLanguageConfiguration(id, {
    comments: {
      ...(line ? { lineComment: line } : {}),
      ...(block ? { blockComment: [block[0], block[1]] } : {}),
    },
    brackets: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
    ],
    autoClosingPairs: [
      { open: '{', close: '}' },
      { open: '[', close: ']' },
      { open: '(', close: ')' },
      ...quotes.filter((quote) => quote === '"').map((quote) => ({ open: quote, close: quote })),
    ],
  });
}
