import { gnu } from './diagnostic.compilers';
import {
  atLast,
  ends,
  lineAt,
  severityOf,
  sourceLine,
  type Finding,
  type Format,
  type Reading,
} from './diagnostic.reading';
import { CELLS_EXCEPT_TABS, CHARACTERS, CHARACTERS_FROM_0, UNITS } from './source.place';

/** Groups of exceptions are drawn with a margin. */
const PYTHON_MARGIN = /^[\s|+]*/;
const PYTHON_FRAME = /^[\s|]*File "(.+)", line (\d+)/;
const PYTHON_TRACEBACK = /^[\s|+]*(?:Exception Group )?Traceback \(most recent call last\):$/;

/** A thousand calls, of which each is told in three lines. */
const MOST_TRACEBACK_LINES = 4000;

/**
 * A traceback: the innermost frame in the program's own files, and the last line. Without one, a syntax error: its file,
 * and what is below the caret.
 */
export const python: Format = (reading) => {
  const first = lineAt(reading);
  const isTraceback = PYTHON_TRACEBACK.test(first);
  if (!isTraceback && !(PYTHON_FRAME.test(first) && !isWithinTraceback(reading))) return undefined;
  // What comes behind the frames stands where the traceback began.
  const margin = isTraceback ? (PYTHON_MARGIN.exec(first)?.[0].length ?? 0) : 0;
  let place: { file: string; line: number; offset: number } | undefined;
  const longest = isTraceback ? MOST_TRACEBACK_LINES : 10;
  for (let offset = 0; offset < longest && reading.at + offset < reading.lines.length; offset++) {
    const line = lineAt(reading, offset);
    if (offset > 0 && PYTHON_TRACEBACK.test(line)) return undefined;
    const [, file, number] = PYTHON_FRAME.exec(line) ?? [];
    if (file !== undefined) {
      if (reading.resolve(file) !== undefined || !place) place = { file, line: Number(number), offset };
      continue;
    }
    const message = line.slice(margin);
    if (offset === 0 || !/^[A-Za-z_]/.test(message) || !place) continue;
    return { ...place, ...pythonColumns(reading, place), severity: 'error', message };
  }
  return undefined;
};

/** A frame of a traceback stands below its first line, or below the source of another frame. */
function isWithinTraceback(reading: Reading): boolean {
  const before = lineAt(reading, -1);
  return PYTHON_TRACEBACK.test(before) || /^[\s|]+\S/.test(before);
}

/** Columns of what is marked below a frame, whose source is told without its indentation. */
function pythonColumns(reading: Reading, place: { file: string; line: number; offset: number }) {
  const unit = CELLS_EXCEPT_TABS;
  const source = sourceLine(reading, place.file, place.line);
  const said = lineAt(reading, place.offset + 1);
  const [, before = '', signs = ''] = /^([\s|]*)([~^]+)\s*$/.exec(lineAt(reading, place.offset + 2)) ?? [];
  const column = before.length - marginOf(said) + marginOf(source) + 1;
  return signs === '' || column < 1 ? { unit } : { unit, column, endColumn: column + signs.length };
}

const marginOf = (line: string) => PYTHON_MARGIN.exec(line)?.[0].length ?? 0;

/** `main.py:3: SyntaxWarning: what` */
export const pythonWarning: Format = (reading) => {
  const [, file, line, message = ''] = /^(.+?):(\d+): (\w*Warning: .*)$/.exec(lineAt(reading)) ?? [];
  return file === undefined
    ? undefined
    : { file, line: Number(line), unit: UNITS, severity: 'warning', message };
};

/** `SyntaxError: what` or `Error: what`, then `    at f (/box/main.js:2:8)`; of syntax errors the place comes before. */
export const node: Format = (reading) => {
  const first = lineAt(reading);
  if (
    !/^(?:Uncaught )?(?:[\w.]*(?:Error|Exception)\b(?: \[\w+\])?|\[?[\w.]+\]?)(?:: .*)?$/.test(first) ||
    /^\s/.test(first)
  )
    return undefined;
  const message = first.replace(/^Uncaught /, '');
  for (
    let offset = 1;
    /^\s+at |^- |^Require stack:|^\s*$/.test(lineAt(reading, offset)) && offset < 40;
    offset++
  ) {
    const [, frame = ''] = /^\s+at (.*)$/.exec(lineAt(reading, offset)) ?? [];
    const [, file, line, column] = /^\(?(.+):(\d+):(\d+)\)?/.exec(atLast('(', frame)[1] || frame) ?? [];
    if (file === undefined || reading.resolve(file) === undefined) continue;
    if (message.startsWith('SyntaxError')) break;
    return { file, line: Number(line), column: Number(column), unit: UNITS, severity: 'error', message };
  }
  return nodeHead(reading, message);
};

/** `/box/main.js:2`, the line, and carets below it: above the error that is at hand. */
function nodeHead(reading: Reading, message: string): Finding | undefined {
  for (let offset = -1; offset >= -8; offset--) {
    const [, file, line] = /^((?:file:\/\/)?\/.+):(\d+)$/.exec(lineAt(reading, offset)) ?? [];
    if (file === undefined) continue;
    const marks = /^(\s*)(\^+)$/.exec(lineAt(reading, offset + 2));
    const from = marks ? (marks[1]?.length ?? 0) + 1 : undefined;
    return {
      file,
      line: Number(line),
      column: from,
      endColumn: ends(from, marks?.[2]?.length),
      unit: UNITS,
      severity: 'error',
      message,
    };
  }
  return undefined;
}

/** `main.rb:2:in `f': what (NoMethodError)`; where it is not of the program, the first `from` that is. */
export const ruby: Format = (reading) => {
  const [, file, line, where, text = ''] =
    /^([^\s:][^:]*):(\d+):(?:(in) [`'][^:]*?':)? (.*)$/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  const isWarning = text.startsWith('warning: ');
  const message = text.replace(/^warning: /, '');
  const severity = isWarning ? 'warning' : 'error';
  const own = reading.resolve(file) !== undefined;
  if (own || where === undefined) {
    return {
      file,
      line: Number(line),
      ...rubyColumns(reading, file, Number(line)),
      unit: UNITS,
      severity,
      message,
    };
  }
  for (let offset = 1; offset < 40; offset++) {
    const [, from, number] = /^\s+from ([^:]+):(\d+):in /.exec(lineAt(reading, offset)) ?? [];
    if (from !== undefined && reading.resolve(from) !== undefined)
      return { file: from, line: Number(number), unit: UNITS, severity, message };
  }
  return undefined;
};

/** What is marked below the line, when it is told as it stands in the source. */
function rubyColumns(reading: Reading, file: string, line: number) {
  const source = sourceLine(reading, file, line);
  for (let offset = 1; offset <= 3; offset++) {
    const [, before = '', marks = ''] = /^(\s*)([\^~]+)$/.exec(lineAt(reading, offset + 1)) ?? [];
    if (marks === '' || lineAt(reading, offset) !== source) continue;
    const column = before.length + 1 + Math.max(0, marks.indexOf('^'));
    return { column, endColumn: before.length + 1 + marks.length };
  }
  return {};
}

/** `Parse error: what in /box/main.php on line 4`, `Fatal error: Uncaught X: what in /box/main.php:4`. */
export const php: Format = (reading) => {
  const [, kind = '', text = ''] =
    /^(?:PHP )?(?:(Parse error|Fatal error|Warning|Notice|Deprecated): +|Next )(.*)$/.exec(lineAt(reading)) ??
    [];
  const [message, place] = atLast(' in /', text);
  const [, file, line] = /^ in (\/.+?)(?: on line |:)(\d+)$/.exec(place) ?? [];
  if (file === undefined) return undefined;
  return {
    file,
    line: Number(line),
    unit: UNITS,
    severity: /^(?:Warning|Notice|Deprecated)/.test(kind) ? 'warning' : 'error',
    message: message.replace(/^Uncaught /, ''),
  };
};

/** What Perl only warns of; everything else ends it. */
const PERL_WARNING =
  /^(?:Use of |Argument ".*" isn't |Name ".*" used only once|Useless |"(?:my|our|state)" |Subroutine .* redefined|Odd number|Deep recursion|Possible |Scalar value |Statement unlikely|Found = in|Unquoted string|Reference found|Smartmatch|given is|when is)/;

/** `what at main.pl line 5.`, `what at main.pl line 5, near "x"` */
export const perl: Format = (reading) => {
  const [, message = '', file, line, near] =
    /^(\S.*) at (\S+) line (\d+)(?:\.|, <\w*> line \d+\.|, (near .*))?$/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  return {
    file,
    line: Number(line),
    unit: UNITS,
    severity: PERL_WARNING.test(message) ? 'warning' : 'error',
    message: near === undefined ? message : `${message}, ${near}`,
  };
};

/** `gawk: main.awk:3: fatal: what`, or the line and, told again, `^ what` below its place. */
export const gawk: Format = (reading) => {
  const marked = /^gawk: ([^:]+):(\d+): (\s*)\^ (.*)$/;
  if (marked.test(lineAt(reading, 1))) return undefined;
  const [, file, line, before = '', message = ''] = marked.exec(lineAt(reading)) ?? [];
  if (file === undefined) return gnu(CHARACTERS)(reading);
  return {
    file,
    line: Number(line),
    column: before.length + 1,
    unit: CHARACTERS,
    severity: 'error',
    message,
  };
};

/** `lua5.4: main.lua:2: what`; of other errors the first frame of the program. */
export const lua: Format = (reading) => {
  const [, text = ''] = /^lua[\d.]*: (.*)$/.exec(lineAt(reading)) ?? [];
  if (text === '') return undefined;
  const [, file, line, message = ''] = /^([^:]+):(\d+): (.*)$/.exec(text) ?? [];
  if (file !== undefined && reading.resolve(file) !== undefined)
    return { file, line: Number(line), unit: UNITS, severity: 'error', message };
  for (let offset = 1; offset < 40; offset++) {
    const [, frame, number] = /^\t([^:[]+):(\d+): in /.exec(lineAt(reading, offset)) ?? [];
    if (frame !== undefined && reading.resolve(frame) !== undefined)
      return { file: frame, line: Number(number), unit: UNITS, severity: 'error', message: text };
  }
  return undefined;
};

/** `main.sh: line 3: what`; what follows in backquotes is the line itself. */
export const bash: Format = (reading) => {
  const [, file, line, message = ''] = /^([^:]+): line (\d+): (.*)$/.exec(lineAt(reading)) ?? [];
  if (file === undefined || /^`.*'$/.test(message)) return undefined;
  return { file, line: Number(line), unit: UNITS, severity: 'error', message };
};

/** `escript: exception error: what`, then the calls. */
export const escript: Format = (reading) => {
  const [, message] = /^escript: (exception .*)$/.exec(lineAt(reading)) ?? [];
  if (message === undefined) return undefined;
  for (let offset = 1; /^\s/.test(lineAt(reading, offset)); offset++) {
    const [, place] = atLast('(', lineAt(reading, offset));
    const [, file, line] = /^\((\S+), line (\d+)\)$/.exec(place) ?? [];
    if (file !== undefined && reading.resolve(file) !== undefined)
      return { file, line: Number(line), unit: UNITS, severity: 'error', message };
  }
  return undefined;
};

/** `error: what`, a drawing, and `└─ main.exs:4:5: A.f/1`. */
export const elixirDrawn: Format = (reading) => {
  const [, severity, message = ''] = /^\s*(error|warning): (.*)$/.exec(lineAt(reading)) ?? [];
  if (severity === undefined) return undefined;
  for (let offset = 1; offset < 12 && !/^\s*(?:error|warning): /.test(lineAt(reading, offset)); offset++) {
    const [, file, line, column] =
      /^\s*└─ (\S+?):(\d+)(?::(\d+))?(?::.*)?$/.exec(lineAt(reading, offset)) ?? [];
    if (file === undefined) continue;
    const from = column === undefined ? undefined : Number(column);
    return {
      file,
      line: Number(line),
      column: from,
      unit: CHARACTERS,
      severity: severityOf(severity),
      message,
    };
  }
  return undefined;
};

/** `** (RuntimeError) boom`, then the calls. */
export const elixirRaised: Format = (reading) => {
  const [, name = '', text = ''] = /^\*\* \((\w[\w.]*)\) (.*)$/.exec(lineAt(reading)) ?? [];
  if (name === '' || / on \S+:\d+:\d+:$/.test(text) || name === 'CompileError') return undefined;
  for (let offset = 1; offset < 30; offset++) {
    const [, file, line] = /^\s+(?:\(\S+ \S+\) )?(\S+?):(\d+): /.exec(lineAt(reading, offset)) ?? [];
    if (file !== undefined && reading.resolve(file) !== undefined)
      return { file, line: Number(line), unit: UNITS, severity: 'error', message: `${name}: ${text}` };
  }
  return undefined;
};

/** `ERROR: /box/main.pl:3:22: Syntax error: what`, `Warning: /box/main.pl:3:` with what in the next line. */
export const prolog: Format = (reading) => {
  const [, severity, file, line, column, text = ''] =
    /^(ERROR|Warning): (\/.+?):(\d+):(?:(\d+):)? ?(.*)$/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  return {
    file,
    line: Number(line),
    column: column === undefined ? undefined : Number(column),
    unit: CHARACTERS_FROM_0,
    severity: severityOf(severity),
    message: text || lineAt(reading, 1).replace(/^(?:ERROR|Warning):\s*/, ''),
  };
};

/** `===SORRY!=== Error while compiling /box/main.raku`, what, and `at /box/main.raku:3`. */
export const rakuSorry: Format = (reading) => {
  if (!lineAt(reading).startsWith('===SORRY!===')) return undefined;
  const said: string[] = [];
  for (let offset = 1; offset < 12; offset++) {
    const [, file, line] = /^at (\S+):(\d+)$/.exec(lineAt(reading, offset)) ?? [];
    if (file !== undefined)
      return { file, line: Number(line), unit: UNITS, severity: 'error', message: said.join(' ') };
    said.push(lineAt(reading, offset).trim());
  }
  return undefined;
};

/** What, in one line or more, then `  in sub f at main.raku line 2`. */
export const rakuDied: Format = (reading) => {
  if (!/^\S/.test(lineAt(reading)) || /^\S/.test(lineAt(reading, -1))) return undefined;
  const said: string[] = [];
  for (let offset = 0; offset < 8; offset++) {
    const [, file, line] = /^ {2}in .* at (\S+) line (\d+)$/.exec(lineAt(reading, offset)) ?? [];
    if (file !== undefined)
      return { file, line: Number(line), unit: UNITS, severity: 'error', message: said.join(' ') };
    said.push(lineAt(reading, offset).trim());
  }
  return undefined;
};

/** `parse error near line 2 of file /box/main.m`, and what below; `error: what`, then `error: called from`. */
export const octave: Format = (reading) => {
  const first = lineAt(reading);
  const [, parseLine, parseFile] =
    /^(?:error: )?parse error near line (\d+) of file (\S+)$/.exec(first) ?? [];
  if (parseFile !== undefined)
    return {
      file: parseFile,
      line: Number(parseLine),
      unit: UNITS,
      severity: 'error',
      message: lineAt(reading, 2).trim() || 'parse error',
    };
  const [, message] = /^error: (.*)$/.exec(first) ?? [];
  const [, name, line, column] = /^ {4}(\S+) at line (\d+) column (\d+)$/.exec(lineAt(reading, 2)) ?? [];
  if (message === undefined || name === undefined || lineAt(reading, 1) !== 'error: called from')
    return undefined;
  const file = reading.resolve(`${name}.m`) ?? reading.entry ?? '';
  const [, nearLine = line, nearColumn = column] = / near line (\d+), column (\d+)$/.exec(message) ?? [];
  return {
    file,
    line: Number(nearLine),
    column: Number(nearColumn),
    unit: CHARACTERS,
    severity: 'error',
    message,
  };
};

/** `Parse error near line 2: what`, of the only file. */
export const sqlite: Format = (reading) => {
  const [, line, message = ''] =
    /^(?:Parse|Runtime) error near line (\d+): (.*)$/.exec(lineAt(reading)) ?? [];
  const file = reading.entry;
  return line === undefined || file === undefined
    ? undefined
    : { file, line: Number(line), unit: UNITS, severity: 'error', message };
};

/** What, then `    while executing` and at last `    (file "main.tcl" line 6)`. */
export const tcl: Format = (reading) => {
  const next = lineAt(reading, 1);
  if (/^[\s"]/.test(lineAt(reading)) || !/^ {4}(?:while|invoked|\()/.test(next)) return undefined;
  for (let offset = 1; offset < 60; offset++) {
    const [, file, line] = /^ {4}\(file "(.+)" line (\d+)\)$/.exec(lineAt(reading, offset)) ?? [];
    if (file !== undefined)
      return { file, line: Number(line), unit: UNITS, severity: 'error', message: lineAt(reading) };
  }
  return undefined;
};

/** `READ error during LOAD:` with what and a place below. */
export const sbclRead: Format = (reading) => {
  const [, line, column] =
    /^\s*(?:\(in form starting at )?line: (\d+), column: (\d+)/.exec(lineAt(reading).trim()) ?? [];
  const file = reading.entry;
  if (line === undefined || file === undefined) return undefined;
  const message = lineAt(reading, -2)
    .trim()
    .replace(/ on #<.*$/, '');
  return {
    file,
    line: Number(line),
    column: Number(column),
    unit: CHARACTERS_FROM_0,
    severity: 'error',
    message,
  };
};
