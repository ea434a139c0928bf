import {
  ends,
  indented,
  lineAt,
  severityOf,
  underlined,
  type Format,
  type Reading,
} from './diagnostic.reading';
import {
  BYTES_FROM_0,
  CELLS,
  CHARACTERS,
  CHARACTERS_WITH_TABS,
  UNITS,
  type ColumnUnit,
} from './source.place';

const GNU =
  /^(?:[\w.-]+: )?((?:\/|\.\/|file:\/\/)?[^\s:][^:]*?):(\d+)(?:[:.](\d+)(?:-(?:\d+\.)?(\d+))?)?: ((?:(?:fatal )?error|warning|note|fatal)(?:\[[\w-]+\])?(?=:))?:? ?(.*)$/i;

/** `main.c:4:16: error: what`, of gcc and many others; also without a column, a severity, or with a range. */
export const gnu =
  (unit: ColumnUnit): Format =>
  (reading) => {
    const [, file, line, column, end, severity, text = ''] = GNU.exec(lineAt(reading)) ?? [];
    if (file === undefined || text.startsWith('(')) return undefined;
    const from = column === undefined ? undefined : Number(column);
    return {
      file,
      line: Number(line),
      column: from,
      endColumn: end === undefined ? ends(from, underlined(reading)) : Number(end) + 1,
      unit,
      severity: severityOf(severity),
      message: text,
    };
  };

/** The linker names the file and what is missing in it, and the source says where that is. */
export const linker: Format = (reading) => {
  const [, file = '', name = ''] =
    /(?:^|: )([^\s:(]+):\(\.text[^)\s:]*\): undefined reference to [`‘']([^'’(]+)/.exec(lineAt(reading)) ??
    [];
  const line = reading.linesOf(file).findIndex((text) => text.includes(name));
  if (line === -1 || name === '') return undefined;
  return { file, line: line + 1, unit: UNITS, severity: 'error', message: `undefined reference to ${name}` };
};

/** `main: main.c:5: f: Assertion `x' failed.` */
export const assertion: Format = (reading) => {
  const [, file, line, text = ''] = /^[^:]*: ([^:]+):(\d+): (.*)$/.exec(lineAt(reading)) ?? [];
  const start = text.indexOf('Assertion ');
  if (file === undefined || start === -1 || !text.endsWith(' failed.')) return undefined;
  return { file, line: Number(line), unit: UNITS, severity: 'error', message: text.slice(start) };
};

/** `error[E0308]: what`, and `--> main.rs:2:18` below. */
export const rustc: Format = (reading) => {
  const [, severity, message = ''] = /^(error|warning)(?:\[\w+\])?: (.*)$/.exec(lineAt(reading)) ?? [];
  const [, file, line, column] = /^ *--> (.+):(\d+):(\d+)$/.exec(lineAt(reading, 1)) ?? [];
  if (severity === undefined || file === undefined) return undefined;
  // The source line of the place is marked with carets; others, which are notes, with dashes.
  let length: number | undefined;
  for (let offset = 2; offset < 14 && lineAt(reading, offset) !== '' && length === undefined; offset++) {
    length = /^ *\|[^^]*?(\^+)/.exec(lineAt(reading, offset))?.[1]?.length;
  }
  const from = Number(column);
  return {
    file,
    line: Number(line),
    column: from,
    endColumn: ends(from, length),
    unit: CHARACTERS,
    severity: severityOf(severity),
    message,
  };
};

/** `thread 'main' panicked at main.rs:1:36:`, and why in the next line. */
export const rustPanic: Format = (reading) => {
  const [, file, line, column] =
    /^thread '[^']*' (?:\(\d+\) )?panicked at (.+):(\d+):(\d+):$/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  const message = `panicked: ${lineAt(reading, 1)}`;
  return { file, line: Number(line), column: Number(column), unit: CHARACTERS, severity: 'error', message };
};

/** `✘ [ERROR] what`, and `    main.ts:2:14:` below. */
export const esbuild: Format = (reading) => {
  const [, severity, message = ''] = /^[✘▲] \[(ERROR|WARNING)\] (.*)$/.exec(lineAt(reading)) ?? [];
  const [, file, line, column] = /^ {4}(.+):(\d+):(\d+):$/.exec(lineAt(reading, 2)) ?? [];
  if (severity === undefined || file === undefined) return undefined;
  const length = /[│╵]\s*(~+)/.exec(lineAt(reading, 4))?.[1]?.length;
  const from = Number(column);
  return {
    file,
    line: Number(line),
    column: from,
    endColumn: ends(from, length),
    unit: BYTES_FROM_0,
    severity: severityOf(severity),
    message,
  };
};

/** `main.ts(2,5): error TS2322: what`, of tsc, mcs and, without a colon, fpc. */
export const parenthesised =
  (unit: ColumnUnit): Format =>
  (reading) => {
    const [, file, line, column, severity, message = ''] =
      /^(.+?)\((\d+)(?:,(\d+))?\):? (?:(fatal error|error|warning|hint|note|fatal)(?: \w+)?:) (.*)$/i.exec(
        lineAt(reading),
      ) ?? [];
    if (file === undefined || /^There were \d+ errors/.test(message)) return undefined;
    const from = column === undefined ? undefined : Number(column);
    return { file, line: Number(line), column: from, unit, severity: severityOf(severity), message };
  };

/** `main.hs:3:19: error: [GHC-21231]`, and what below; ranges of columns and of lines. */
export const ghc: Format = (reading) => {
  const [, file, line, column, lastColumn, fromLine, fromColumn, severity, text = ''] =
    /^(\S+?):(?:(\d+):(\d+)(?:-(\d+))?|\((\d+),(\d+)\)-\(\d+,\d+\)): (error|warning):(.*)$/.exec(
      lineAt(reading),
    ) ?? [];
  if (file === undefined) return undefined;
  const said = text.replace(/\[[\w-]+\]/g, '').trim();
  const from = Number(column ?? fromColumn);
  return {
    file,
    line: Number(line ?? fromLine),
    column: from,
    endColumn: lastColumn === undefined ? ends(from, ghcMarks(reading)) : Number(lastColumn) + 1,
    unit: CHARACTERS_WITH_TABS,
    severity: severityOf(severity),
    message: (said || indented(reading, /^ *\d* *\|/)).replace(/^• /gm, ''),
  };
};

function ghcMarks(reading: Reading): number | undefined {
  for (let offset = 1; offset < 16; offset++) {
    const length = /^ *\|\s*(\^+)/.exec(lineAt(reading, offset))?.[1]?.length;
    if (length !== undefined) return length;
  }
  return undefined;
}

/** `main: boom`, then `CallStack`: the last call in the program's own files that led there. */
export const haskellCallStack: Format = (reading) => {
  if (lineAt(reading, 1) !== 'CallStack (from HasCallStack):') return undefined;
  const message = lineAt(reading).replace(/^[^:]*: /, '');
  for (let offset = 2; /^\s/.test(lineAt(reading, offset)); offset++) {
    const [, file, line, column] = /, called at (\S+):(\d+):(\d+) in /.exec(lineAt(reading, offset)) ?? [];
    if (file !== undefined && reading.resolve(file) !== undefined)
      return {
        file,
        line: Number(line),
        column: Number(column),
        unit: CHARACTERS_WITH_TABS,
        severity: 'error',
        message,
      };
  }
  return undefined;
};

/** `main: main.hs:2:1-7: Non-exhaustive patterns in function f` */
export const haskellPartial: Format = (reading) => {
  const [, file, line, column, end, message = ''] =
    /^[^:\s]+: (\S+?):(\d+):(\d+)(?:-(\d+))?: (.*)$/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  return {
    file,
    line: Number(line),
    column: Number(column),
    endColumn: end === undefined ? undefined : Number(end) + 1,
    unit: CHARACTERS_WITH_TABS,
    severity: 'error',
    message,
  };
};

/** `File "main.ml", line 5, characters 19-22:`, the source, and `Error: what`. */
export const ocaml: Format = (reading) => {
  const [, prefix, file, line, from, to, text = ''] =
    /^(Fatal error: exception )?File "(.+)", lines? (\d+)(?:-\d+)?, characters (\d+)-(\d+): ?(.*)$/.exec(
      lineAt(reading),
    ) ?? [];
  if (file === undefined) return undefined;
  const place = { file, line: Number(line), column: Number(from), unit: BYTES_FROM_0 };
  const isOneLine = !lineAt(reading).includes(', lines ');
  const endColumn = isOneLine ? Number(to) : undefined;
  if (prefix !== undefined) return { ...place, endColumn, severity: 'error', message: text };
  for (let offset = 1; offset < 12; offset++) {
    const [, severity, message = ''] =
      /^(Error|Warning|Alert)(?: [^:]*)?: (.*)$/.exec(lineAt(reading, offset)) ?? [];
    if (severity === undefined) continue;
    const rest = indented({ ...reading, at: reading.at + offset }).replace(/\n/g, ' ');
    return {
      ...place,
      endColumn,
      severity: severity === 'Error' ? 'error' : 'warning',
      message: rest === '' ? message : `${message} ${rest}`,
    };
  }
  return undefined;
};

/** `main.f90:6:13:`, an empty line, the source with a 1 below it, and `Error: what`. */
export const gfortran: Format = (reading) => {
  const [, file, line, column] = /^(\S+):(\d+):(\d+):$/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  for (let offset = 1; offset < 8; offset++) {
    const [, severity, message = ''] =
      /^(?:Fatal )?(Error|Warning): (.*)$/.exec(lineAt(reading, offset)) ?? [];
    if (severity === undefined) continue;
    return {
      file,
      line: Number(line),
      column: Number(column),
      unit: CELLS,
      severity: severityOf(severity),
      message: message.replace(/ at \(1\)/, ''),
    };
  }
  return undefined;
};

/** `At line 4 of file main.f90 (unit = 5 …)`, and `Fortran runtime error: what`. */
export const fortranRuntime: Format = (reading) => {
  const [, line, file] = /^At line (\d+) of file (\S+)/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  const message = lineAt(reading, 1).replace(/^Fortran runtime error: /, '');
  return { file, line: Number(line), unit: UNITS, severity: 'error', message };
};

/** `In main.cr:2:17`, the source, and `Error: what`; of several frames the last, which has the error. */
export const crystal: Format = (reading) => {
  const [, file, line, column] = /^In (\S+):(\d+):(\d+)$/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  for (let offset = 1; offset < 8 && !lineAt(reading, offset).startsWith('In '); offset++) {
    const [, message] = /^Error: (.*)$/.exec(lineAt(reading, offset)) ?? [];
    if (message !== undefined)
      return {
        file,
        line: Number(line),
        column: Number(column),
        unit: CHARACTERS,
        severity: 'error',
        message,
      };
  }
  return undefined;
};

/** `raised CONSTRAINT_ERROR : main.adb:6 index check failed` */
export const adaRaised: Format = (reading) => {
  const [, name = '', file, line, text = ''] =
    /^raised (\S+) : (\S+?):(\d+) (.*)$/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  return { file, line: Number(line), unit: UNITS, severity: 'error', message: `${name}: ${text}` };
};

/** `object.Exception@main.d(5): boom` */
export const dException: Format = (reading) => {
  const [, name = '', file, line, text = ''] =
    /^([\w.]+)@([^()]+)\((\d+)\): (.*)$/.exec(lineAt(reading)) ?? [];
  if (file === undefined) return undefined;
  return {
    file,
    line: Number(line),
    unit: UNITS,
    severity: 'error',
    message: `${name.replace(/^.*\./, '')}: ${text}`,
  };
};

/** `main/main.swift:2: Fatal error: boom` */
export const swiftFatal: Format = (reading) => {
  const [, file, line, message = ''] =
    /^(\S+\.swift):(\d+): ((?:Fatal error|Assertion failed|Precondition failed).*)$/.exec(lineAt(reading)) ??
    [];
  return file === undefined
    ? undefined
    : { file, line: Number(line), unit: UNITS, severity: 'error', message };
};

/** `** (process:9): ERROR **: 11:55:40.582: main.vala:3: boom` */
export const glib: Format = (reading) => {
  const [, severity, file, line, message = ''] =
    /^\*\* .*(ERROR|CRITICAL|WARNING) \*\*: (?:[\d:.]+: )?([^\s:]+):(\d+): (.*)$/.exec(lineAt(reading)) ?? [];
  return file === undefined
    ? undefined
    : { file, line: Number(line), unit: UNITS, severity: severityOf(severity), message };
};

/** `panic: what`, then the goroutines; the first line of the program's own files. */
export const goPanic: Format = (reading) => {
  const [message] = /^(?:panic|fatal error): .*$/.exec(lineAt(reading)) ?? [];
  if (message === undefined) return undefined;
  for (let offset = 1; offset < 200 && reading.at + offset < reading.lines.length; offset++) {
    const [, file, line] = /^\t(\S+):(\d+)(?: \+0x[0-9a-f]+)?$/.exec(lineAt(reading, offset)) ?? [];
    if (file !== undefined && reading.resolve(file) !== undefined)
      return { file, line: Number(line), unit: UNITS, severity: 'error', message };
  }
  return undefined;
};
