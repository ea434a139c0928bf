import type { Diagnostic } from './diagnostics';
import { type ColumnUnit } from './source.place';

/** A place as a tool tells it. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column?: number | undefined;
  /** Behind the last column. */
  readonly endColumn?: number | undefined;
  readonly unit: ColumnUnit;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
}

/** What a format may look at: all lines, and which it is at. */
export interface Reading {
  readonly lines: readonly string[];
  readonly at: number;
  /** Name of the first file of the program. */
  readonly entry: string | undefined;
  /** The lines of the file that a tool means by this name; none: there is no such file. */
  readonly linesOf: (name: string) => readonly string[];
  /** The file of the program that a tool means by this name; undefined: it is none of them. */
  readonly resolve: (name: string) => string | undefined;
}

/**
 * Recognises one form of message by its first line. What it reads was written by a stranger: its patterns must take time
 * in proportion to the line (diagnostics.attacks.spec.ts).
 */
export type Format = (reading: Reading) => Finding | undefined;

export const lineAt = ({ lines, at }: Reading, offset = 0) => lines[at + offset] ?? '';

export function severityOf(word = 'error'): Diagnostic['severity'] {
  if (/^(?:warning|hint)/i.test(word)) return 'warning';
  return /^(?:note|info)/i.test(word) ? 'info' : 'error';
}

/** How many signs of a line below are underlined from the caret on: `^~~~`, `^^^^`; undefined when none are. */
export function underlined({ lines, at }: Reading): number | undefined {
  for (const line of lines.slice(at + 1, at + 5)) {
    const [, marks] = /^[\s|│╵%\d.·]*~*(\^[\^~]+)/.exec(line) ?? [];
    if (marks) return marks.length;
    if (line.includes('^')) return undefined;
  }
  return undefined;
}

export function ends(column: number | undefined, length: number | undefined): number | undefined {
  return column === undefined || length === undefined ? undefined : column + length;
}

/** Lines that follow and are indented, up to one that is not, or that `stops`. */
export function indented(reading: Reading, stops = /^\s*$/): string {
  const taken: string[] = [];
  for (let offset = 1; offset <= 12; offset++) {
    const line = lineAt(reading, offset);
    if (!/^\s/.test(line) || stops.test(line)) break;
    taken.push(line.trim());
  }
  return taken.join('\n');
}

export const sourceLine = ({ linesOf }: Reading, file: string, line: number): string =>
  linesOf(file)[line - 1] ?? '';

/**
 * What comes before the last of these signs, and the rest; without one all of it, and nothing. For what a pattern would
 * look for behind `.*`: two of those in one pattern take time by the square of the line, or worse.
 */
export function atLast(sign: string, text: string): [before: string, rest: string] {
  const at = text.lastIndexOf(sign);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}
