/**
 * How each language of ours is coloured: by a grammar of the editor, its own or that of one that reads the same, or by one
 * of ours. The others are plain text.
 */
interface Colouring {
  /** Id in the editor. */
  readonly id: string;
  readonly register: () => Promise<unknown>;
}

const cpp = () => import('monaco-editor/languages/definitions/cpp/register');
const csharp = () => import('monaco-editor/languages/definitions/csharp/register');
const ours = () => import('./monaco.grammars');

const COLOURINGS: Readonly<Record<string, Colouring>> = {
  ada: { id: 'ada', register: ours },
  assembly: { id: 'assembly', register: ours },
  awk: { id: 'awk', register: ours },
  bash: { id: 'shell', register: () => import('monaco-editor/languages/definitions/shell/register') },
  c: { id: 'c', register: cpp },
  clojure: { id: 'clojure', register: () => import('monaco-editor/languages/definitions/clojure/register') },
  cobol: { id: 'cobol', register: ours },
  commonlisp: { id: 'commonlisp', register: ours },
  cpp: { id: 'cpp', register: cpp },
  crystal: { id: 'crystal', register: ours },
  csharp: { id: 'csharp', register: csharp },
  d: { id: 'd', register: ours },
  elixir: { id: 'elixir', register: () => import('monaco-editor/languages/definitions/elixir/register') },
  erlang: { id: 'erlang', register: ours },
  fortran: { id: 'fortran', register: ours },
  go: { id: 'go', register: () => import('monaco-editor/languages/definitions/go/register') },
  haskell: { id: 'haskell', register: ours },
  java: { id: 'java', register: () => import('monaco-editor/languages/definitions/java/register') },
  javascript: {
    id: 'javascript',
    register: () => import('monaco-editor/languages/definitions/javascript/register'),
  },
  kotlin: { id: 'kotlin', register: () => import('monaco-editor/languages/definitions/kotlin/register') },
  lua: { id: 'lua', register: () => import('monaco-editor/languages/definitions/lua/register') },
  objectivec: {
    id: 'objective-c',
    register: () => import('monaco-editor/languages/definitions/objective-c/register'),
  },
  ocaml: { id: 'ocaml', register: ours },
  octave: { id: 'octave', register: ours },
  pascal: { id: 'pascal', register: () => import('monaco-editor/languages/definitions/pascal/register') },
  perl: { id: 'perl', register: () => import('monaco-editor/languages/definitions/perl/register') },
  php: { id: 'php', register: () => import('monaco-editor/languages/definitions/php/register') },
  prolog: { id: 'prolog', register: ours },
  python: { id: 'python', register: () => import('monaco-editor/languages/definitions/python/register') },
  r: { id: 'r', register: () => import('monaco-editor/languages/definitions/r/register') },
  raku: { id: 'raku', register: ours },
  ruby: { id: 'ruby', register: () => import('monaco-editor/languages/definitions/ruby/register') },
  rust: { id: 'rust', register: () => import('monaco-editor/languages/definitions/rust/register') },
  scala: { id: 'scala', register: () => import('monaco-editor/languages/definitions/scala/register') },
  scheme: { id: 'scheme', register: () => import('monaco-editor/languages/definitions/scheme/register') },
  sqlite: { id: 'sql', register: () => import('monaco-editor/languages/definitions/sql/register') },
  swift: { id: 'swift', register: () => import('monaco-editor/languages/definitions/swift/register') },
  tcl: { id: 'tcl', register: () => import('monaco-editor/languages/definitions/tcl/register') },
  typescript: {
    id: 'typescript',
    register: () => import('monaco-editor/languages/definitions/typescript/register'),
  },
  vala: { id: 'vala', register: ours },
};

const PLAIN = 'plaintext';

/** Registers what a language needs, once, and tells the editor's id for it. */
export async function editorLanguage(language: string): Promise<string> {
  const colouring = COLOURINGS[language];
  if (!colouring) return PLAIN;
  await colouring.register();
  return colouring.id;
}

/** Languages that are coloured. */
export const COLOURED = Object.keys(COLOURINGS);

/** Those that get a grammar of ours. */
export const OUR_GRAMMARS = COLOURED.filter((language) => COLOURINGS[language]?.register === ours);

/** The file takes the colours of the program, unless its name says that it is something else. */
export function isCode(name: string, entry: string): boolean {
  const extension = (file: string) => /\.[^./]+$/.exec(file)?.[0] ?? '';
  const of = extension(name);
  return of === extension(entry) || (of !== '' && HEADERS.includes(of));
}

const HEADERS = ['.h', '.hpp', '.hh', '.inc', '.pl', '.rb', '.js', '.mjs'];
