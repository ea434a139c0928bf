import type { Diagnostic, SourceText } from './diagnostics';
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
  readonly files: readonly SourceText[];
  /** The file of the program that a tool means by this name; undefined: it is none of them. */
  readonly resolve: (name: string) => string | undefined;
}

/** Recognises one form of message by its first line. */
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

export function sourceLine({ files, resolve }: Reading, file: string, line: number): string {
  return files.find(({ name }) => name === resolve(file))?.content.split('\n')[line - 1] ?? '';
}
