import { Inject, Injectable } from '@nestjs/common';
import { COMPILE_LIMITS } from '@runbin/contracts/limits';
import type { Compile, Outcome } from '@runbin/contracts/result';
import { decodeBytes, encodeBytes } from '@runbin/contracts/text';
import type { ExecuteRun, Payload } from '@runbin/contracts/work';
import { expandCommand, sourceNames } from '@runbin/languages/command';
import { ARTIFACTS_DIR, type Language } from '@runbin/languages/language';
import { BASE_ENV } from '../sandbox/bubblewrap.policy';
import {
  type BoxFile,
  SANDBOX_ENGINE,
  type SandboxEngine,
  SandboxError,
  type Stage,
  type StageFacts,
} from '../sandbox/sandbox';
import { decideVerdict } from './verdict';

/** Runs one submission: compile and run stage, each in a sandbox of its own. */
@Injectable()
export class RunExecutor {
  constructor(@Inject(SANDBOX_ENGINE) private readonly engine: SandboxEngine) {}

  /**
   * @throws SandboxError when the platform failed: nothing can be said about the program
   */
  async execute(
    work: ExecuteRun,
    payload: Payload,
    language: Language,
    slot: number,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const files: BoxFile[] = payload.files.map((file) => ({ name: file.name, content: decodeBytes(file) }));
    const compile = language.compile
      ? await this.stage(compileStage(work, language, files), language, slot, signal)
      : null;
    const compiled =
      compile === null || (compile.exitCode === 0 && !compile.artifactsTooLarge && !compile.memoryExceeded);
    const run = compiled
      ? await this.stage(
          {
            argv: [
              ...expandCommand(
                language.run.command,
                commandValues(work, language, files, work.limits.memory_bytes),
              ),
              ...work.args,
            ],
            env: { ...BASE_ENV, ...language.env },
            files: [...files, ...(compile?.artifacts ?? [])],
            stdin: decodeBytes(payload.stdin),
            limits: work.limits,
          },
          language,
          slot,
          signal,
        )
      : null;
    // The interpreter was there when the runner started; without it no program of this language can be judged.
    if (run && run.execErrno !== 0 && !compile)
      throw new SandboxError(`${language.id} does not start: errno ${run.execErrno}`);
    return toOutcome(work, compile, run, this.engine.degraded);
  }

  private async stage(
    stage: Stage,
    language: Language,
    slot: number,
    signal: AbortSignal,
  ): Promise<StageFacts> {
    await using sandbox = await this.engine.take({ slot, mounts: language.mounts });
    return await sandbox.run(stage, signal);
  }
}

function compileStage(work: ExecuteRun, language: Language, files: BoxFile[]): Stage {
  return {
    argv: expandCommand(
      language.compile?.command ?? [],
      commandValues(work, language, files, COMPILE_LIMITS.memory_bytes),
    ),
    env: { ...BASE_ENV, ...language.env },
    files,
    stdin: Buffer.alloc(0),
    limits: COMPILE_LIMITS,
    artifactsDir: ARTIFACTS_DIR,
    mergeStderr: true,
    onOutputOverflow: 'discard',
  };
}

function commandValues(work: ExecuteRun, language: Language, files: BoxFile[], memoryBytes: number) {
  return {
    entry: files[0]?.name ?? '',
    sources: sourceNames(
      language,
      files.map(({ name }) => name),
    ),
    compilerArgs: work.compiler_args,
    memoryBytes,
  };
}

function toOutcome(
  work: ExecuteRun,
  compile: StageFacts | null,
  run: StageFacts | null,
  degraded: readonly string[],
): Outcome {
  const stdout = encodeBytes(run?.stdout ?? Buffer.alloc(0));
  const stderr = encodeBytes(run?.stderr ?? Buffer.alloc(0));
  return {
    ...decideVerdict({ compile, run, limits: work.limits }),
    exit_code: run?.exitCode ?? null,
    signal: run?.signal ?? null,
    stdout: stdout.content,
    stdout_encoding: stdout.encoding,
    stdout_truncated: run?.stdoutTruncated ?? false,
    stderr: stderr.content,
    stderr_encoding: stderr.encoding,
    stderr_truncated: run?.stderrTruncated ?? false,
    compile: compile && toCompile(compile),
    usage: run && {
      cpu_time_ms: run.cpuTimeMs,
      wall_time_ms: run.wallTimeMs,
      memory_peak_bytes: run.memoryPeakBytes,
    },
    degraded: [...degraded],
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
  };
}
