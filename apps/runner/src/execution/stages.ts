import type { Interactive } from '@runbin/contracts/interactive';
import { COMPILE_LIMITS, type Limits } from '@runbin/contracts/limits';
import { expandCommand, sourceNames } from '@runbin/languages/command';
import { ARTIFACTS_DIR, type Language, type Park } from '@runbin/languages/language';
import { BASE_ENV } from '../sandbox/bubblewrap.policy';
import type { BoxFile, ParkingPlace, SandboxProfile, Stage } from '../sandbox/sandbox';

/** What a submission brings, decoded. */
export interface Program {
  /** The first is the entry. */
  files: BoxFile[];
  stdin: Buffer;
  /** How the run is talked with; null or left out: not at all. */
  interactive?: Interactive | null;
  args: readonly string[];
  compilerArgs: readonly string[];
  limits: Limits;
}

/** What a pipe holds, less a primer: a program that is fed through one must fit into it. */
const PIPE_BYTES = 64 * 1024 - 16;

/** What a program is told to be at where it is at a terminal: what they all are like. */
const TERMINAL_TYPE = 'xterm-256color';

export const profileOf = (language: Language): SandboxProfile => ({
  language: language.id,
  mounts: language.mounts,
});

export function compileStage(language: Language, command: readonly string[], program: Program): Stage {
  return {
    argv: expand(language, command, program, COMPILE_LIMITS),
    env: { ...BASE_ENV, ...language.env },
    files: program.files,
    stdin: Buffer.alloc(0),
    limits: COMPILE_LIMITS,
    artifactsDir: ARTIFACTS_DIR,
    mergeStderr: true,
    onOutputOverflow: 'discard',
  };
}

/** @param artifacts what the compile stage left */
export function runStage(language: Language, program: Program, artifacts: BoxFile[]): Stage {
  const { interactive } = program;
  const terminal = interactive?.terminal;
  return {
    argv: [...expand(language, language.run.command, program, program.limits), ...program.args],
    env: { ...BASE_ENV, ...language.env, ...(terminal && { TERM: TERMINAL_TYPE }) },
    files: [...program.files, ...artifacts],
    stdin: program.stdin,
    ...(interactive && { stdinStaysOpen: true }),
    ...(terminal && { terminal }),
    limits: program.limits,
  };
}

/** Where the stage's command could be waiting already; undefined when this stage must be started cold. */
export function parkingPlace(park: Park | undefined, files: readonly BoxFile[]): ParkingPlace | undefined {
  const program = files.find(({ name }) => name === park?.file);
  if (!park || !program) return undefined;
  const { file, primer, unless_file, unless_source } = park;
  if (primer !== undefined && program.content.length > PIPE_BYTES) return undefined;
  if (unless_file !== undefined) {
    const exception = new RegExp(`^(?:${unless_file})$`);
    if (files.some(({ name }) => exception.test(name))) return undefined;
  }
  if (unless_source !== undefined && new RegExp(unless_source, 'm').test(program.content.toString('latin1')))
    return undefined;
  return primer === undefined ? { file } : { file, primer };
}

function expand(language: Language, command: readonly string[], program: Program, limits: Limits): string[] {
  return expandCommand(command, {
    entry: program.files[0]?.name ?? '',
    sources: sourceNames(
      language,
      program.files.map(({ name }) => name),
    ),
    compilerArgs: program.compilerArgs,
    memoryBytes: limits.memory_bytes,
  });
}
