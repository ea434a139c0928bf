import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { commandProblem } from './command';
import { editDistance } from './edit.distance';
import { type Language, LanguageSchema } from './language';

const LANGUAGE_FILE = 'language.json';
/** No id or alias is longer; what follows tells nothing, and is not worth comparing. */
const MAX_COMPARED_CHARACTERS = 32;

/** A language is not described as it must be; the message names every file and field. */
export class CatalogueError extends Error {}

/** The languages that Runbin knows, whether or not a runner offers them. */
export class Catalogue {
  private readonly languages: readonly Language[];
  private readonly byId: ReadonlyMap<string, Language>;
  private readonly byName: ReadonlyMap<string, Language>;

  /** @param languages whose ids and aliases do not clash */
  constructor(languages: readonly Language[]) {
    this.languages = languages;
    this.byId = new Map(languages.map((language) => [language.id, language]));
    this.byName = new Map(languages.flatMap((language) => namesOf(language).map((name) => [name, language])));
  }

  /** Ordered by id. */
  all(): readonly Language[] {
    return this.languages;
  }

  get(id: string): Language | undefined {
    return this.byId.get(id);
  }

  /** By id or alias, as people type them: upper and lower case are one. */
  find(idOrAlias: string): Language | undefined {
    return this.byName.get(idOrAlias.toLowerCase());
  }

  /** Ids of the languages whose id or alias is nearest to a text that names none, nearest first. */
  nearest(text: string, count: number): string[] {
    const wanted = text.slice(0, MAX_COMPARED_CHARACTERS).toLowerCase();
    return this.languages
      .map((language) => ({
        id: language.id,
        distance: Math.min(...namesOf(language).map((name) => editDistance(wanted, name))),
      }))
      .sort((one, other) => one.distance - other.distance)
      .slice(0, count)
      .map(({ id }) => id);
  }
}

/**
 * Reads every language of a folder that has one folder per language.
 * @throws CatalogueError naming each file and field that is wrong
 */
export function loadCatalogue(dir: string): Catalogue {
  const problems: string[] = [];
  const languages: Language[] = [];
  for (const folder of foldersOf(dir)) {
    const report = (field: string, problem: string) =>
      problems.push(
        `${path.join(dir, folder, LANGUAGE_FILE)}: ${field === '' ? '' : `${field}: `}${problem}`,
      );
    const language = readLanguage(path.join(dir, folder, LANGUAGE_FILE), report);
    if (!language) continue;
    if (language.id !== folder) report('id', `is "${language.id}", but its folder is "${folder}"`);
    checkLanguage(language, report);
    for (const name of namesOf(language)) {
      const other = languages.find((known) => namesOf(known).includes(name));
      if (other) report('aliases', `"${name}" is already a name of ${other.id}`);
    }
    languages.push(language);
  }
  if (problems.length === 0 && languages.length === 0) problems.push(`${dir}: holds no language`);
  if (problems.length > 0) throw new CatalogueError(`Languages:\n  ${problems.join('\n  ')}`);
  return new Catalogue(languages);
}

/** Says what is wrong with a field; '' is the file as a whole. */
type Report = (field: string, problem: string) => void;

function namesOf({ id, aliases }: Language): string[] {
  return [id, ...aliases];
}

function foldersOf(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch (cause) {
    throw new CatalogueError(`Languages: ${dir} can not be read: ${String(cause)}`, { cause });
  }
}

function readLanguage(file: string, report: Report): Language | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    report('', String(error));
    return undefined;
  }
  const parsed = LanguageSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  for (const { path: field, message } of parsed.error.issues) report(field.join('.'), message);
  return undefined;
}

/** What the schema can not say. */
function checkLanguage(language: Language, report: Report): void {
  const { aliases, compile, compiler_args_allowed, run, source_extensions, source_name, version } = language;

  if (new Set(namesOf(language)).size <= aliases.length) report('aliases', 'holds a name twice, or the id');
  if (!source_extensions.some((extension) => source_name.endsWith(extension))) {
    report('source_name', `"${source_name}" does not end in one of source_extensions`);
  }
  for (const [field, command] of [
    ['version.command', version.command],
    ['compile.command', compile?.command ?? []],
    ['run.command', run.command],
  ] as const) {
    const problem = commandProblem(command);
    if (problem !== undefined) report(field, problem);
  }
  if (compiler_args_allowed.length > 0 !== (compile?.command.includes('{compiler_args}') ?? false)) {
    report('compiler_args_allowed', 'must be given exactly where compile.command has {compiler_args}');
  }
  compiler_args_allowed.forEach((pattern, index) => {
    const problem = patternProblem(pattern);
    if (problem !== undefined) report(`compiler_args_allowed.${index}`, problem);
  });
  const problem = patternProblem(version.pattern);
  if (problem !== undefined) report('version.pattern', problem);
  else if (groupsOf(version.pattern) === 0) report('version.pattern', 'has no group for the version');
}

function patternProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** How many groups an expression has: with an empty alternative it matches anything, and the match lists them. */
function groupsOf(pattern: string): number {
  return (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1;
}
