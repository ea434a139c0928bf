import type { TerminalSize } from '@runbin/contracts/interactive';
import type { Limits } from '@runbin/contracts/limits';

/** A file going into or coming out of a sandbox. `name` is relative to the box. */
export interface BoxFile {
  name: string;
  content: Buffer;
  /** Permission bits; 0o644 when left out. */
  mode?: number;
}

/** What must be known to start a command. Everything else may follow while it starts. */
export interface Launch {
  argv: string[];
  env: Record<string, string>;
  /** stderr goes where stdout goes, in the order it was written. */
  mergeStderr?: boolean;
}

/**
 * Where a started interpreter is made to wait for its program (ADR 0008): `file`, below the box, is a pipe that
 * nobody has opened for writing. Once the program is there the pipe is replaced by it.
 */
export interface ParkingPlace {
  file: string;
  /**
   * For an interpreter that opens its program early and looks at its first bytes: bytes that mean nothing before a
   * program. It is given them at once, and waits in reading on.
   */
  primer?: string;
}

/** One stage of a run: a command with its files and limits. */
export interface Stage extends Launch {
  files: BoxFile[];
  stdin: Buffer;
  /** More input may follow: stdin stays open behind `stdin`. */
  stdinStaysOpen?: boolean;
  /** Set: stdin, stdout and stderr are a terminal of this size, and what is written to it is stdout. Never parked. */
  terminal?: TerminalSize;
  limits: Limits;
  /** Directory below the box: made before, and its files handed out after, when the command exits 0. */
  artifactsDir?: string;
  /** Output over the cap: end the program (the default), or drop the rest and let it go on. */
  onOutputOverflow?: 'end' | 'discard';
}

/** A piece of what a program wrote, as soon as it did. */
export interface OutputPiece {
  stream: 'stdout' | 'stderr';
  /** Counts the pieces of both streams together, from 0. */
  seq: number;
  /** Milliseconds from the release of the program to when the supervisor read this from it. */
  atMs: number;
  bytes: Buffer;
}

/** A program that goes on. Once it has ended nothing here has an effect. */
export interface RunningProgram {
  /** More stdin: all of it or, where the program has not read what came before or there was an end, nothing. */
  write(bytes: Buffer): 'taken' | 'full' | 'closed';
  /** The end of stdin; at a terminal, the key for it. */
  end(): void;
  /** Sends the signal with this number to its process group, or to the one in the foreground of its terminal. */
  signal(number: number): void;
  resize(size: TerminalSize): void;
}

/** For whoever follows a stage while it runs. */
export interface StageFollower {
  onOutput?: (piece: OutputPiece) => void;
  /** Called once, when the program is on its way. */
  onRelease?: (program: RunningProgram) => void;
}

/** Moments of a stage, in milliseconds of `performance.now()`. */
export interface StageTimes {
  /** When its sandbox could be used. */
  readyAt: number;
  /** When its program was let go; null: it was not. */
  releasedAt: number | null;
  /** When its program had ended. */
  endedAt: number;
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
  /** The sandbox ended with the program, and reported nothing: only the output is known. */
  sandboxEnded?: boolean;
  /** errno of execve, or 0. */
  execErrno: number;
  /** Of a parked program: since it was released. */
  cpuTimeMs: number;
  wallTimeMs: number;
  memoryPeakBytes: number;
  /** null: no sandbox was used, what it would have made was there. */
  times: StageTimes | null;
  artifacts: BoxFile[];
}

/** For what a shell can do: that is in every toolchain. */
export const ANY_TOOLCHAIN = '';

/** What a sandbox must offer before it is known what will run in it: the part that can be prepared ahead. */
export interface SandboxProfile {
  /** Id of the language whose toolchain is to be there, or ANY_TOOLCHAIN. */
  language: string;
  /** Host paths that the toolchain reads beside the usual ones. */
  mounts: readonly string[];
}

/** One prepared sandbox. It runs one stage and is then destroyed: there is no way to give it back. */
export interface Sandbox extends AsyncDisposable {
  /** Whether it can still run something: a parked program may have ended, an engine may have taken it down. */
  readonly isAlive: boolean;
  /** Asks it, once it is prepared. @returns false when it is frozen, or gone */
  answers(): Promise<boolean>;
  /**
   * Resolves once its walls are up. `park` and `run` may come earlier.
   * @throws SandboxError when they could not be put up
   */
  prepared(): Promise<void>;
  /** Memory that it holds now; undefined where that is not counted. */
  memoryBytes(): number | undefined;
  /**
   * Starts the command now and lets it wait at the place, under these limits until `run` brings others. Resolves
   * once it waits; `run` may come earlier.
   * @throws SandboxError when it ended instead
   */
  park(launch: Launch, place: ParkingPlace, limits: Limits): Promise<void>;
  /**
   * Once. After `park` the stage's launch must be the parked one.
   * @throws SandboxLost when the sandbox ended after the program was let go, and nothing says that it was not its doing
   * @throws SandboxError when the sandbox itself failed: the platform's fault, never the program's
   */
  run(stage: Stage, signal: AbortSignal, follower?: StageFollower): Promise<StageFacts>;
}

/** Makes sandboxes. Engines differ in how they isolate, never in what a program may notice or in what is reported. */
export interface SandboxEngine {
  readonly name: string;
  /** Walls that stand in a weaker form on this machine, each with what to do about it. Known after `start`. */
  readonly degraded: readonly string[];
  /** Finds out what the machine offers and clears away what an earlier runner left. */
  start(): Promise<void>;
  /** Sandboxes that were taken under the same key are interchangeable. */
  keyOf(profile: SandboxProfile, limits: Limits): string;
  /** What the toolchain consists of, as a text that changes when that does. */
  toolchain(profile: SandboxProfile): string;
  /** @param limits hold until `run` brings others; an engine that can not change some of them later puts them into the key */
  take(profile: SandboxProfile, limits: Limits): Promise<Sandbox>;
  stop(): Promise<void>;
}

export const SANDBOX_ENGINE = Symbol('SANDBOX_ENGINE');

/** The sandbox failed, not the program: the run is given back and tried again. */
export class SandboxError extends Error {}

/** The sandbox ended with its program: once that may have been chance, and is tried again; then it is the program's doing. */
export class SandboxLost extends SandboxError {
  readonly facts: StageFacts;

  /** @param facts as far as they are known without a report */
  constructor(reason: string, facts: StageFacts) {
    super(reason);
    this.facts = { ...facts, sandboxEnded: true };
  }
}

/** This engine has no toolchain of the language, and so can not offer it. */
export class NoToolchain extends SandboxError {}
