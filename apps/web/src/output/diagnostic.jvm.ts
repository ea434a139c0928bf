import { gnu } from './diagnostic.compilers';
import { atLast, indented, lineAt, type Format, type Reading } from './diagnostic.reading';
import { CHARACTERS, UNITS, type ColumnUnit } from './source.place';

/** A line of the source and a caret below it, as javac and scalac write them. */
function caretColumn(reading: Reading): number | undefined {
  for (let offset = 1; offset <= 6; offset++) {
    const line = lineAt(reading, offset);
    if (/^\s*\^\s*$/.test(line)) return line.indexOf('^') + 1;
  }
  return undefined;
}

export const withCaret =
  (unit: ColumnUnit): Format =>
  (reading) => {
    const finding = gnu(unit)(reading);
    if (!finding || !/: (?:error|warning): /.test(lineAt(reading))) return undefined;
    const details = /^ (?:found|required)/.test(lineAt(reading, 1)) ? `\n${indented(reading, /^ {2}/)}` : '';
    return { ...finding, column: finding.column ?? caretColumn(reading), message: finding.message + details };
  };

/** An exception of the JVM: its first frame in the program's own files. */
export const jvmException: Format = (reading) => {
  const [, message] =
    /^(?:Exception in thread ".*" |Caused by: )([\w.$]+(?:: .*)?)$/.exec(lineAt(reading)) ?? [];
  if (message === undefined) return undefined;
  for (let offset = 1; /^\s+(?:at |\.\.\. )/.test(lineAt(reading, offset)); offset++) {
    const [, file, line] = /\(([^():]+):(\d+)\)$/.exec(lineAt(reading, offset)) ?? [];
    if (file !== undefined && reading.resolve(file) !== undefined)
      return { file, line: Number(line), unit: UNITS, severity: 'error', message };
  }
  return undefined;
};

/** `Syntax error compiling at (main.clj:2:3).`, `Execution error (X) at f (main.clj:2).`, and why below. */
export const clojure: Format = (reading) => {
  const [, kind = '', rest = ''] = /^((?:Syntax|Execution) error)\b(.*)$/.exec(lineAt(reading)) ?? [];
  const [before, place] = atLast('(', rest);
  const [, file, line, column] = /^\(([^():]+):(\d+)(?::(\d+))?\)\.$/.exec(place) ?? [];
  if (file === undefined || !before.includes(' at ')) return undefined;
  return {
    file,
    line: Number(line),
    column: column === undefined ? undefined : Number(column),
    unit: CHARACTERS,
    severity: 'error',
    message: lineAt(reading, 1) || kind,
  };
};
