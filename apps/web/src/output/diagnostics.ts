import { spansOf } from './ansi';
import { findingsOf } from './diagnostic.formats';
import type { Finding } from './diagnostic.reading';
import { editorColumn, endOfToken } from './source.place';

/** What a compiler, or an interpreter that gave up, says about a place in the program. */
export interface Diagnostic {
  /** Name of one of the files. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units as editors count; null: the whole line. */
  readonly column: number | null;
  /** The column behind the last one; null where `column` is. */
  readonly endColumn: number | null;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

export interface SourceText {
  readonly name: string;
  readonly content: string;
}

/** More are not told: who has so many begins with the first. */
const MAX_DIAGNOSTICS = 200;
/** What is looked at of each end of an output; in between nothing is found that matters. */
const END_CHARACTERS = 128 * 1024;
const MAX_LINE_CHARACTERS = 2000;

/**
 * The places that compiler output, or what a program wrote to stderr, points to in these files. What it says of other
 * files, those of libraries, is left out.
 * @param language its id
 * @param text of `compile.output`, of stderr, or of both
 */
export function diagnosticsOf(language: string, text: string, files: readonly SourceText[]): Diagnostic[] {
  const lookUp = fileLookUp(files);
  const found: Diagnostic[] = [];
  const told = new Set<string>();
  const resolve = (name: string) => lookUp(name)?.name;
  for (const finding of findingsOf(language, linesOf(text), files, resolve)) {
    const file = lookUp(finding.file);
    if (!file || finding.line < 1) continue;
    const diagnostic = placed(finding, file);
    // Notes tell more of what was said of the same place.
    const key = `${diagnostic.file}:${diagnostic.line}:${diagnostic.column}`;
    const said = diagnostic.severity === 'info' ? key : `${key} ${diagnostic.severity} ${diagnostic.message}`;
    if (diagnostic.message === '' || told.has(said)) continue;
    told.add(said).add(key);
    found.push(diagnostic);
    if (found.length === MAX_DIAGNOSTICS) break;
  }
  return found;
}

function linesOf(text: string): string[] {
  const ends =
    text.length > 2 * END_CHARACTERS
      ? `${text.slice(0, END_CHARACTERS)}\n${text.slice(-END_CHARACTERS)}`
      : text;
  return ends.split(/\r?\n/).map((line) => {
    const shown = spansOf(line.slice(0, MAX_LINE_CHARACTERS));
    return shown.map((span) => span.text).join('');
  });
}

/** Tools name files by path, from where they run or in full; some by their last part alone. */
function fileLookUp(files: readonly SourceText[]) {
  const byName = new Map(files.map((file) => [file.name, file]));
  return (name: string): SourceText | undefined => {
    const path = name.replace(/^file:\/\//, '').replace(/^(?:\/box\/|(?:\.\/)+)/, '');
    const exact = byName.get(path);
    if (exact || path.startsWith('/')) return exact;
    const last = path.slice(path.lastIndexOf('/') + 1);
    const alike = files.filter((file) => file.name.slice(file.name.lastIndexOf('/') + 1) === last);
    return alike.length === 1 ? alike[0] : undefined;
  };
}

function placed(finding: Finding, file: SourceText): Diagnostic {
  const lines = file.content.split('\n');
  // The end of the program may be told as the line behind the last.
  const line = Math.min(finding.line, lines.length);
  const text = (lines[line - 1] ?? '').replace(/\r$/, '');
  const { severity, message } = finding;
  const place = { file: file.name, line, severity, message: message.trim() };
  if (finding.column === undefined || line < finding.line) {
    return { ...place, column: null, endColumn: null };
  }
  const column = editorColumn(text, finding.column, finding.unit);
  const endColumn =
    finding.endColumn === undefined
      ? endOfToken(text, column)
      : editorColumn(text, finding.endColumn, finding.unit);
  return { ...place, column, endColumn: Math.max(column + 1, endColumn) };
}
