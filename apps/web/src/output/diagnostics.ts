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
/** Of a line of the program: a place behind that is told as its end. */
const MAX_SOURCE_LINE_CHARACTERS = 10_000;
/** What was written by a stranger must not hold the page: what was found by then is told. */
const MAX_READING_MS = 50;

/**
 * The places that compiler output, or what a program wrote to stderr, points to in these files. What it says of other
 * files, those of libraries, is left out.
 * @param language its id
 * @param text of `compile.output`, of stderr, or of both
 * @param nowMs of a monotonic clock
 */
export function diagnosticsOf(
  language: string,
  text: string,
  files: readonly SourceText[],
  nowMs = () => performance.now(),
): Diagnostic[] {
  const startMs = nowMs();
  const isOver = (part = 1) => nowMs() >= startMs + part * MAX_READING_MS;
  const program = new ProgramFiles(files);
  const found: Diagnostic[] = [];
  const told = new Set<string>();
  const reading = {
    lines: linesOf(text, () => isOver(1 / 2)),
    entry: files[0]?.name,
    linesOf: (name: string) => program.linesOf(name),
    resolve: (name: string) => program.find(name),
  };
  for (const finding of findingsOf(language, reading, () => isOver())) {
    const file = program.find(finding.file);
    if (file === undefined || finding.line < 1) continue;
    const diagnostic = placed(finding, file, program.linesOf(file));
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

/** Lines without their colours; those that there is no time for are left out. */
function linesOf(text: string, isOver: () => boolean): string[] {
  const ends =
    text.length > 2 * END_CHARACTERS
      ? `${text.slice(0, END_CHARACTERS)}\n${text.slice(-END_CHARACTERS)}`
      : text;
  const lines: string[] = [];
  for (const line of ends.split(/\r?\n/)) {
    if (isOver()) break;
    const shown = spansOf(line.slice(0, MAX_LINE_CHARACTERS));
    lines.push(shown.map((span) => span.text).join(''));
  }
  return lines;
}

/** The files of a program by the names that tools have for them. What is asked again is not looked for again. */
class ProgramFiles {
  private readonly contents: ReadonlyMap<string, string>;
  private readonly byLastPart = new Map<string, string | undefined>();
  private readonly split = new Map<string, readonly string[]>();

  constructor(files: readonly SourceText[]) {
    this.contents = new Map(files.map(({ name, content }) => [name, content]));
    for (const { name } of files) {
      const last = lastPart(name);
      this.byLastPart.set(last, this.byLastPart.has(last) ? undefined : name);
    }
  }

  /** Tools name files by path, from where they run or in full; some by their last part alone. */
  find(name: string): string | undefined {
    const path = name.replace(/^file:\/\//, '').replace(/^(?:\/box\/|(?:\.\/)+)/, '');
    if (this.contents.has(path)) return path;
    return path.startsWith('/') ? undefined : this.byLastPart.get(lastPart(path));
  }

  linesOf(name: string): readonly string[] {
    const file = this.find(name);
    if (file === undefined) return [];
    const known = this.split.get(file);
    if (known) return known;
    const lines = (this.contents.get(file) ?? '').split('\n');
    this.split.set(file, lines);
    return lines;
  }
}

const lastPart = (path: string) => path.slice(path.lastIndexOf('/') + 1);

function placed(finding: Finding, file: string, lines: readonly string[]): Diagnostic {
  // The end of the program may be told as the line behind the last.
  const line = Math.min(finding.line, lines.length);
  const text = (lines[line - 1] ?? '').slice(0, MAX_SOURCE_LINE_CHARACTERS).replace(/\r$/, '');
  const { severity, message } = finding;
  const place = { file, line, severity, message: message.trim() };
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
