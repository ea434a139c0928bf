import type { Language } from './language';

/** What the placeholders of a command stand for. */
export interface CommandValues {
  /** Name of the first file. */
  readonly entry: string;
  /** Names of the files that `{sources}` lists: `sourceNames` picks them. */
  readonly sources: readonly string[];
  readonly compilerArgs: readonly string[];
  /** Memory limit of the stage that runs the command, in bytes. */
  readonly memoryBytes: number;
}

const MIB = 1024 * 1024;
const MAX_ECHO_CHARACTERS = 64;

/** These stand alone as an argument, and become any number of arguments. */
const LIST_PLACEHOLDERS = ['{sources}', '{compiler_args}'] as const;
const PLACEHOLDER = /\{([a-z_]+)\}/g;
const TEXT_PLACEHOLDERS = ['entry', 'entry_stem', 'memory_mib'] as const;
type TextPlaceholder = (typeof TEXT_PLACEHOLDERS)[number];

const isTextPlaceholder = (name: string): name is TextPlaceholder =>
  (TEXT_PLACEHOLDERS as readonly string[]).includes(name);

/** The argument vector that a command of language.json becomes for one submission. */
export function expandCommand(command: readonly string[], values: CommandValues): string[] {
  const entry = pathArgument(values.entry);
  const texts: Record<TextPlaceholder, string> = {
    entry,
    entry_stem: entry.replace(/\.[^./]*$/, ''),
    memory_mib: String(Math.floor(values.memoryBytes / MIB)),
  };
  return command.flatMap((word) => {
    if (word === '{sources}') return values.sources.map(pathArgument);
    if (word === '{compiler_args}') return values.compilerArgs;
    return word.replace(PLACEHOLDER, (whole, name: string) =>
      isTextPlaceholder(name) ? texts[name] : whole,
    );
  });
}

/** The files that a language's compiler is given by name: those with one of its extensions. */
export function sourceNames(
  language: Pick<Language, 'source_extensions'>,
  names: readonly string[],
): string[] {
  return names.filter((name) => language.source_extensions.some((extension) => name.endsWith(extension)));
}

/** Why a command can not be expanded, or undefined. */
export function commandProblem(command: readonly string[]): string | undefined {
  for (const word of command) {
    if ((LIST_PLACEHOLDERS as readonly string[]).includes(word)) continue;
    for (const [placeholder, name = ''] of word.matchAll(PLACEHOLDER)) {
      if ((LIST_PLACEHOLDERS as readonly string[]).includes(placeholder)) {
        return `${placeholder} must be an argument of its own, not part of "${word}"`;
      }
      if (!isTextPlaceholder(name)) return `${placeholder} is not a placeholder`;
    }
  }
  return undefined;
}

/** Why these compiler arguments are refused, for a person, or undefined. */
export function compilerArgProblem(
  language: Pick<Language, 'label' | 'compiler_args_allowed'>,
  args: readonly string[],
): string | undefined {
  if (args.length === 0) return undefined;
  if (language.compiler_args_allowed.length === 0) {
    return `${language.label} takes no compiler arguments: remove compiler_args`;
  }
  const allowed = anchored(language.compiler_args_allowed);
  const refused = args.find((arg) => !allowed.test(arg));
  if (refused === undefined) return undefined;
  const echo = JSON.stringify(refused.slice(0, MAX_ECHO_CHARACTERS));
  return `${echo} is not a compiler argument that ${language.label} allows; these are: ${language.compiler_args_allowed.join('  ')}`;
}

/** Matches a text that one of the expressions matches as a whole. */
export function anchored(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.map((pattern) => `(?:${pattern})`).join('|')})$`);
}

/** A file whose name a tool would take for an option or for a file of options is named by its path instead. */
function pathArgument(name: string): string {
  return /^[-+@]/.test(name) ? `./${name}` : name;
}
