import { Inject, Injectable } from '@nestjs/common';
import { constants } from 'node:os';
import type { Compile, Outcome } from '@runbin/contracts/result';
import { decodeBytes, encodeBytes } from '@runbin/contracts/text';
import { publicMode } from '@runbin/contracts/weaker.modes';
import type { ExecuteRun, Payload } from '@runbin/contracts/work';
import type { Language } from '@runbin/languages/language';
import {
  type RunningProgram,
  SANDBOX_ENGINE,
  type SandboxEngine,
  SandboxError,
  SandboxLost,
  type StageFacts,
} from '../sandbox/sandbox';
import { SandboxPool } from '../sandbox/sandbox.pool';
import { ArtifactCache } from './artifact.cache';
import { artifactKey } from './artifact.key';
import type { RunFollower } from './run.follower';
import { compileStage, parkingPlace, profileOf, type Program, runStage } from './stages';
import { decideVerdict, type RunFacts } from './verdict';

/** Moments of a run, in milliseconds of `performance.now()`; null: it did not come to that. */
export interface RunTimes {
  /** When the first of its sandboxes could be used. */
  readyAt: number | null;
  compiledAt: number | null;
  /** When the program was let go. */
  releasedAt: number | null;
  /** When the program had ended, or the compiler where nothing came after it. */
  endedAt: number | null;
}

/** What a sandbox is that ended with its program: a reason to try again, or a fact about the program. */
export type OnLoss = 'retry' | 'verdict';

/** Of a run that never was. */
export const NO_TIMES: RunTimes = { readyAt: null, compiledAt: null, releasedAt: null, endedAt: null };

export interface Execution {
  outcome: Outcome;
  times: RunTimes;
}

const { SIGKILL } = constants.signals;

/** Runs one submission: compile and run stage, each in a sandbox of its own. */
@Injectable()
export class RunExecutor {
  constructor(
    @Inject(SANDBOX_ENGINE) private readonly engine: SandboxEngine,
    private readonly pool: SandboxPool,
    private readonly artifacts: ArtifactCache,
  ) {}

  /**
   * @param signal aborted: the runner gives the run up, and nothing is said about it
   * @throws SandboxLost when a sandbox ended with its program, and that is to be tried again
   * @throws SandboxError when the platform failed: nothing can be said about the program
   */
  async execute(
    work: ExecuteRun,
    payload: Payload,
    language: Language,
    signal: AbortSignal,
    follower: RunFollower = nobody(),
    onLoss: OnLoss = 'retry',
  ): Promise<Execution> {
    const program: Program = {
      files: payload.files.map((file) => ({ name: file.name, content: decodeBytes(file) })),
      stdin: decodeBytes(payload.stdin),
      interactive: work.interactive,
      args: work.args,
      compilerArgs: work.compiler_args,
      limits: work.limits,
    };
    const { cancelled } = follower;
    const compile = cancelled.aborted
      ? null
      : await this.compile(language, program, signal, cancelled, onLoss);
    const compiled =
      compile === null || (compile.exitCode === 0 && !compile.artifactsTooLarge && !compile.memoryExceeded);
    const goesOn = compiled && !cancelled.aborted;
    const run = goesOn ? await this.run(language, program, compile, signal, follower, onLoss) : null;
    // The interpreter was there when the runner started; without it no program of this language can be judged.
    if (run && run.execErrno !== 0 && !compile)
      throw new SandboxError(`${language.id} does not start: errno ${run.execErrno}`);
    const facts = { compile, run, limits: work.limits, cancelled: cancelled.aborted };
    return { outcome: toOutcome(facts, this.engine.degraded), times: timesOf(compile, run) };
  }

  private async compile(
    language: Language,
    program: Program,
    signal: AbortSignal,
    cancelled: AbortSignal,
    onLoss: OnLoss,
  ): Promise<StageFacts | null> {
    if (!language.compile) return null;
    const stage = compileStage(language, language.compile.command, program);
    const place = parkingPlace(language.compile.park, stage.files);
    const profile = profileOf(language);
    const compiler = { engine: this.engine.name, toolchain: this.engine.toolchain(profile) };
    return await this.artifacts.compile(
      artifactKey(compiler, profile, stage),
      () => {
        const run = this.pool.run(profile, stage, place, signal, {
          onRelease: (compiler) => endWhen(cancelled, compiler),
        });
        return withLosses(run, onLoss);
      },
      signal,
    );
  }

  private async run(
    language: Language,
    program: Program,
    compile: StageFacts | null,
    signal: AbortSignal,
    follower: RunFollower,
    onLoss: OnLoss,
  ): Promise<StageFacts> {
    const stage = runStage(language, program, compile?.artifacts ?? []);
    const place = stage.terminal ? undefined : parkingPlace(language.run.park, stage.files);
    const run = this.pool.run(profileOf(language), stage, place, signal, {
      onOutput: (piece) => follower.onOutput(piece),
      onRelease: (running) => {
        endWhen(follower.cancelled, running);
        follower.onRelease(running);
      },
    });
    return await withLosses(run, onLoss);
  }
}

async function withLosses(run: Promise<StageFacts>, onLoss: OnLoss): Promise<StageFacts> {
  try {
    return await run;
  } catch (error) {
    if (onLoss === 'verdict' && error instanceof SandboxLost) return error.facts;
    throw error;
  }
}

const nobody = (): RunFollower => ({
  onOutput: () => undefined,
  onRelease: () => undefined,
  cancelled: new AbortController().signal,
});

/** As a limit would: what the program has done until then is part of the outcome. */
function endWhen(cancelled: AbortSignal, program: RunningProgram): void {
  const end = () => program.signal(SIGKILL);
  if (cancelled.aborted) end();
  else cancelled.addEventListener('abort', end, { once: true });
}

function timesOf(compile: StageFacts | null, run: StageFacts | null): RunTimes {
  const stages = [compile, run].flatMap((facts) => facts?.times ?? []);
  return {
    readyAt: stages[0]?.readyAt ?? null,
    compiledAt: compile?.times?.endedAt ?? null,
    releasedAt: run?.times?.releasedAt ?? null,
    endedAt: stages.at(-1)?.endedAt ?? null,
  };
}

function toOutcome(facts: RunFacts, degraded: readonly string[]): Outcome {
  const { compile, run } = facts;
  const stdout = encodeBytes(run?.stdout ?? Buffer.alloc(0));
  const stderr = encodeBytes(run?.stderr ?? Buffer.alloc(0));
  return {
    ...decideVerdict(facts),
    exit_code: run?.exitCode ?? null,
    signal: run?.signal ?? null,
    stdout: stdout.content,
    stdout_encoding: stdout.encoding,
    stdout_truncated: run?.stdoutTruncated ?? false,
    stderr: stderr.content,
    stderr_encoding: stderr.encoding,
    stderr_truncated: run?.stderrTruncated ?? false,
    compile: compile && toCompile(compile),
    usage: run && usageOf(run),
    degraded: degraded.map(publicMode),
  };
}

/** null: nobody was left to count. */
function usageOf(run: StageFacts): Outcome['usage'] {
  if (run.sandboxEnded) return null;
  return {
    cpu_time_ms: run.cpuTimeMs,
    wall_time_ms: run.wallTimeMs,
    memory_peak_bytes: run.memoryPeakBytes,
  };
}

function toCompile(facts: StageFacts): Compile {
  const output = encodeBytes(facts.stdout);
  return {
    exit_code: facts.exitCode,
    signal: facts.signal,
    output: output.content,
    output_encoding: output.encoding,
    output_truncated: facts.stdoutTruncated,
    cpu_time_ms: facts.cpuTimeMs,
    wall_time_ms: facts.wallTimeMs,
    cached: facts.times === null,
  };
}
