/** Arguments as they were typed: words, and a problem when they can not be told apart. */
export type SplitArguments =
  { readonly words: string[]; readonly problem?: undefined } | { readonly problem: string };

/**
 * Splits as a shell would: white space separates, quotes and backslashes keep together. Nothing else has a meaning; no
 * shell ever sees it.
 */
export function splitArguments(text: string): SplitArguments {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'" || character === '"') {
      const quoted = readQuoted(text, at);
      if (!quoted) return { problem: `The quote ${character} is not closed.` };
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (character === '\\') {
      at++;
      if (at === text.length) return { problem: 'There is nothing behind the last backslash.' };
      word = (word ?? '') + text.charAt(at);
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined) words.push(word);
  return { words };
}

function readQuoted(text: string, start: number): { text: string; end: number } | undefined {
  const quote = text.charAt(start);
  let inside = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) return { text: inside, end: at };
    const next = text.charAt(at + 1);
    if (quote === '"' && character === '\\' && (next === '"' || next === '\\')) {
      inside += next;
      at++;
    } else {
      inside += character;
    }
  }
  return undefined;
}

/** Text that splitArguments makes these words of. */
export function joinArguments(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote(word))).join(' ');
}

function quote(word: string): string {
  return word.includes("'") ? `"${word.replaceAll(/["\\]/g, '\\$&')}"` : `'${word}'`;
}
