import { conflictingNames, fileNameProblem, MAX_FILES } from '@runbin/contracts/file.names';
import type { LanguageSummary } from '@runbin/contracts/language';
import type { RequestedLimits } from '@runbin/contracts/limits';
import type { SharedSubmission } from '@runbin/contracts/submission';
import type { NewSubmission } from '../api/client';
import { newUuid } from '../api/uuid';
import { joinArguments, splitArguments } from './arguments';

type Encoding = 'utf-8' | 'base64';

/** Bytes that are no text are kept as base64 and shown as such: nothing edits them. */
interface Text {
  readonly content: string;
  readonly encoding: Encoding;
}

export interface DraftFile extends Text {
  /** Its own for as long as it exists, whatever it is called. */
  readonly id: string;
  readonly name: string;
}

/** What a person is writing: all that a submission is made of. */
export interface Draft {
  readonly id: string;
  readonly language: string;
  /** At least one; the first is the entry. */
  readonly files: readonly DraftFile[];
  readonly stdin: Text;
  /** As typed; arguments.ts tells the words. */
  readonly args: string;
  readonly compilerArgs: string;
  readonly limits: RequestedLimits;
  /** Runs in a terminal that one types into, instead of with `stdin`. */
  readonly isInteractive: boolean;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

const TITLE_CHARACTERS = 60;

const textFile = (name: string, content: string): DraftFile => ({
  id: newUuid(),
  name,
  content,
  encoding: 'utf-8',
});

/** The language's example, untouched. */
export function exampleDraft({ id, source_name, example }: LanguageSummary): Draft {
  return {
    id: newUuid(),
    language: id,
    files: [textFile(source_name, example)],
    stdin: { content: '', encoding: 'utf-8' },
    args: '',
    compilerArgs: '',
    limits: {},
    isInteractive: false,
    changedAt: 0,
  };
}

/** What was submitted, to be changed. Limits that are what the language has anyway are not stated. */
export function draftOf(
  submission: SharedSubmission,
  language: LanguageSummary | undefined,
  now: number,
): Draft {
  const limits = Object.fromEntries(
    Object.entries(submission.limits).filter(
      ([name, value]) => language?.limits[name as keyof RequestedLimits] !== value,
    ),
  );
  return {
    id: newUuid(),
    language: submission.language,
    files: submission.files.map((file) => ({ id: newUuid(), ...file })),
    stdin: { content: submission.code_input, encoding: submission.code_input_encoding },
    args: joinArguments(submission.args),
    compilerArgs: joinArguments(submission.compiler_args),
    limits,
    isInteractive: false,
    changedAt: now,
  };
}

/** A draft of its own with the same in it. */
export function copyOf(draft: Draft): Draft {
  return { ...draft, id: newUuid() };
}

/** Whether nothing but the example is in it. */
export function isUntouched(draft: Draft, language: LanguageSummary): boolean {
  const [file] = draft.files;
  return (
    draft.files.length === 1 &&
    file?.content === language.example &&
    draft.stdin.content === '' &&
    draft.args === '' &&
    draft.compilerArgs === ''
  );
}

/** A line to know it by: the first that says something. */
export function titleOf({ files }: Pick<Draft, 'files'>): string {
  const [entry] = files;
  if (!entry || entry.encoding === 'base64') return entry?.name ?? '';
  const line = entry.content
    .split('\n', 200)
    .find((text) => /[\p{L}\p{N}]/u.test(text) && !/^\s*#!/.test(text));
  const title = (line ?? entry.name).trim();
  return title.length > TITLE_CHARACTERS ? `${title.slice(0, TITLE_CHARACTERS - 1)}…` : title;
}

/** Why a file may not be called so beside the others; undefined when it may. */
export function nameProblem(name: string, others: readonly string[]): string | undefined {
  if (name === '') return 'Give it a name.';
  if (!name.isWellFormed()) return 'The name holds half a character.';
  const problem = fileNameProblem(name);
  if (problem) return `The name ${problem}.`;
  if (others.includes(name)) return 'There is a file of this name already.';
  if (conflictingNames([...others, name])) return 'A file and a folder can not have the same name.';
  return undefined;
}

/** A name for one more file: as the first one is called, with a number. */
export function freeName({ files }: Draft): string {
  const names = files.map(({ name }) => name);
  const extension = /\.[^./]+$/.exec(names[0] ?? '')?.[0] ?? '.txt';
  for (let number = names.length + 1; ; number++) {
    const name = `file${number}${extension}`;
    if (!nameProblem(name, names)) return name;
  }
}

export function canHoldMore({ files }: Draft): boolean {
  return files.length < MAX_FILES;
}

/** How a file is changed. */
export function withFile(
  draft: Draft,
  id: string,
  change: Partial<Pick<DraftFile, 'name' | 'content'>>,
): Draft {
  return { ...draft, files: draft.files.map((file) => (file.id === id ? { ...file, ...change } : file)) };
}

export function withNewFile(draft: Draft, name: string): Draft {
  return { ...draft, files: [...draft.files, textFile(name, '')] };
}

/** The last file stays: a program has at least one. */
export function withoutFile(draft: Draft, id: string): Draft {
  return draft.files.length === 1 ? draft : { ...draft, files: draft.files.filter((file) => file.id !== id) };
}

export function withEntry(draft: Draft, id: string): Draft {
  const entry = draft.files.find((file) => file.id === id);
  if (!entry) return draft;
  return { ...draft, files: [entry, ...draft.files.filter((file) => file !== entry)] };
}

/**
 * What is sent for it.
 * @returns a problem in words when the arguments can not be understood
 */
export function submissionOf(draft: Draft): { submission: NewSubmission } | { problem: string } {
  const args = splitArguments(draft.args);
  if (args.problem !== undefined) return { problem: `Arguments: ${args.problem}` };
  const compilerArgs = splitArguments(draft.compilerArgs);
  if (compilerArgs.problem !== undefined) return { problem: `Compiler arguments: ${compilerArgs.problem}` };
  return {
    submission: {
      language: draft.language,
      files: draft.files.map(({ name, content, encoding }) => ({
        name,
        content: sendable(content),
        encoding,
      })),
      // What is typed into a terminal comes from there alone.
      code_input: draft.isInteractive ? '' : sendable(draft.stdin.content),
      code_input_encoding: draft.isInteractive ? 'utf-8' : draft.stdin.encoding,
      args: args.words,
      compiler_args: compilerArgs.words,
      limits: draft.limits,
    },
  };
}

/** Half of a character pair, which only pasting can bring, has no place in UTF-8. */
function sendable(text: string): string {
  return text.toWellFormed();
}
