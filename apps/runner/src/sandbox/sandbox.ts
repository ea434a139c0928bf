import type { Limits } from '@runbin/contracts/limits';

/** A file going into or coming out of a sandbox. `name` is relative to the box. */
export interface BoxFile {
  name: string;
  content: Buffer;
  /** Permission bits; 0o644 when left out. */
  mode?: number;
}

/** One stage of a run: a command with its files and limits. */
export interface Stage {
  argv: string[];
  env: Record<string, string>;
  files: BoxFile[];
  stdin: Buffer;
  limits: Limits;
  /** Directory below the box: made before, and its files handed out after, when the command exits 0. */
  artifactsDir?: string;
  /** stderr goes where stdout goes, in the order it was written. */
  mergeStderr?: boolean;
  /** Output over the cap: end the program (the default), or drop the rest and let it go on. */
  onOutputOverflow?: 'end' | 'discard';
}

/** What happened in one stage, as facts; `decideVerdict` makes a status of them. */
export interface StageFacts {
  /** null: ended by a signal, or never started. */
  exitCode: number | null;
  signal: number | null;
  stdout: Buffer;
  stderr: Buffer;
  stdoutTruncated: boolean;
  stderrTruncated: boolean;
  wallExceeded: boolean;
  cpuExceeded: boolean;
  /** By the OOM killer's count where there is a memory cgroup, else by sampling; never guessed from a signal. */
  memoryExceeded: boolean;
  /** The submission's files are larger than `files_bytes`; nothing was started. */
  filesDidNotFit: boolean;
  artifactsTooLarge: boolean;
  /** errno of execve, or 0. */
  execErrno: number;
  cpuTimeMs: number;
  wallTimeMs: number;
  memoryPeakBytes: number;
  artifacts: BoxFile[];
}

/** What a sandbox must offer before it is known what will run in it: the part that can be prepared ahead. */
export interface SandboxProfile {
  /** Which of the runner's slots it is for: 0 … permits. Slots do not share a host uid where that can be had. */
  slot: number;
  /** Host paths that the toolchain reads beside the usual ones. */
  mounts: string[];
}

/** One prepared sandbox. It runs one stage and is then destroyed: there is no way to give it back. */
export interface Sandbox extends AsyncDisposable {
  /**
   * @throws SandboxError when the sandbox itself failed: the platform's fault, never the program's
   */
  run(stage: Stage, signal: AbortSignal): Promise<StageFacts>;
}

/** Makes sandboxes. Engines differ in how they isolate, never in what a program may notice or in what is reported. */
export interface SandboxEngine {
  readonly name: string;
  /** Walls that stand in a weaker form on this machine, each with what to do about it. Known after `start`. */
  readonly degraded: readonly string[];
  /** Finds out what the machine offers and clears away what an earlier runner left. */
  start(): Promise<void>;
  take(profile: SandboxProfile): Promise<Sandbox>;
  stop(): Promise<void>;
}

export const SANDBOX_ENGINE = Symbol('SANDBOX_ENGINE');

/** The sandbox failed, not the program: the run is given back and tried again. */
export class SandboxError extends Error {}
