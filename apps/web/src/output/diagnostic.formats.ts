import {
  gnu,
  linker,
  assertion,
  rustc,
  rustPanic,
  esbuild,
  parenthesised,
  ghc,
  haskellCallStack,
  haskellPartial,
  ocaml,
  gfortran,
  fortranRuntime,
  crystal,
  adaRaised,
  dException,
  swiftFatal,
  glib,
  goPanic,
} from './diagnostic.compilers';
import { withCaret, jvmException, clojure } from './diagnostic.jvm';
import type { Finding, Format, Reading } from './diagnostic.reading';
import {
  python,
  pythonWarning,
  node,
  ruby,
  php,
  perl,
  gawk,
  lua,
  bash,
  escript,
  elixirDrawn,
  elixirRaised,
  prolog,
  rakuSorry,
  rakuDied,
  octave,
  sqlite,
  tcl,
  sbclRead,
} from './diagnostic.scripts';
import { BYTES, CELLS, CHARACTERS, UNITS, UNITS_WITH_TABS } from './source.place';

/**
 * What the tools of a language say of places, in the order in which they say it. Every form here was seen to be written
 * by the toolchains that the images hold (diagnostics.spec.ts).
 */
export function* findingsOf(
  language: string,
  text: Omit<Reading, 'at'>,
  isOver: () => boolean,
): Generator<Finding> {
  const formats = FORMATS[language] ?? [gnu(CHARACTERS)];
  for (let at = 0; at < text.lines.length && !isOver(); at++) {
    for (const format of formats) {
      const finding = format({ ...text, at });
      if (!finding) continue;
      yield finding;
      break;
    }
  }
}

const gcc = [assertion, gnu(CELLS), linker];
const jvm = [jvmException, withCaret(UNITS)];

const FORMATS: Partial<Record<string, readonly Format[]>> = {
  ada: [adaRaised, gnu(CELLS)],
  assembly: [gnu(BYTES), linker],
  awk: [gawk],
  bash: [bash],
  c: gcc,
  clojure: [clojure, ...jvm],
  commonlisp: [sbclRead],
  cpp: gcc,
  crystal: [crystal],
  csharp: [parenthesised(UNITS)],
  d: [dException, gnu(CELLS)],
  elixir: [elixirDrawn, elixirRaised],
  erlang: [escript, gnu(CHARACTERS)],
  fortran: [gfortran, fortranRuntime],
  go: [goPanic, gnu(BYTES)],
  haskell: [ghc, haskellCallStack, haskellPartial],
  java: jvm,
  javascript: [node],
  kotlin: jvm,
  lua: [lua],
  objectivec: gcc,
  ocaml: [ocaml],
  octave: [octave],
  pascal: [parenthesised(BYTES)],
  perl: [perl],
  php: [php],
  prolog: [prolog],
  python: [python, pythonWarning],
  raku: [rakuSorry, rakuDied],
  ruby: [ruby],
  rust: [rustc, rustPanic],
  scala: [jvmException, withCaret(UNITS_WITH_TABS)],
  sqlite: [sqlite],
  swift: [swiftFatal, gnu(BYTES)],
  tcl: [tcl],
  typescript: [esbuild, parenthesised(UNITS), node],
  vala: [glib, gnu(CHARACTERS)],
};
