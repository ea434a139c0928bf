import { Inject, Injectable } from '@nestjs/common';
import type { Compile, Outcome } from '@runbin/contracts/result';
import { decodeBytes, encodeBytes } from '@runbin/contracts/text';
import type { ExecuteRun, Payload } from '@runbin/contracts/work';
import type { Language } from '@runbin/languages/language';
import { SANDBOX_ENGINE, type SandboxEngine, SandboxError, type StageFacts } from '../sandbox/sandbox';
import { SandboxPool } from '../sandbox/sandbox.pool';
import { ArtifactCache } from './artifact.cache';
import { artifactKey } from './artifact.key';
import { compileStage, parkingPlace, profileOf, type Program, runStage } from './stages';
import { decideVerdict } from './verdict';

/** Runs one submission: compile and run stage, each in a sandbox of its own. */
@Injectable()
export class RunExecutor {
  constructor(
    @Inject(SANDBOX_ENGINE) private readonly engine: SandboxEngine,
    private readonly pool: SandboxPool,
    private readonly artifacts: ArtifactCache,
  ) {}

  /**
   * @throws SandboxError when the platform failed: nothing can be said about the program
   */
  async execute(
    work: ExecuteRun,
    payload: Payload,
    language: Language,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const program: Program = {
      files: payload.files.map((file) => ({ name: file.name, content: decodeBytes(file) })),
      stdin: decodeBytes(payload.stdin),
      args: work.args,
      compilerArgs: work.compiler_args,
      limits: work.limits,
    };
    const compile = await this.compile(language, program, signal);
    const compiled =
      compile === null || (compile.exitCode === 0 && !compile.artifactsTooLarge && !compile.memoryExceeded);
    const run = compiled ? await this.run(language, program, compile, signal) : null;
    // The interpreter was there when the runner started; without it no program of this language can be judged.
    if (run && run.execErrno !== 0 && !compile)
      throw new SandboxError(`${language.id} does not start: errno ${run.execErrno}`);
    return toOutcome(work, compile, run, this.engine.degraded);
  }

  private async compile(
    language: Language,
    program: Program,
    signal: AbortSignal,
  ): Promise<StageFacts | null> {
    if (!language.compile) return null;
    const stage = compileStage(language, language.compile.command, program);
    const place = parkingPlace(language.compile.park, stage.files);
    const profile = profileOf(language);
    const compiler = { engine: this.engine.name, toolchain: this.engine.toolchain(profile) };
    const { facts } = await this.artifacts.compile(
      artifactKey(compiler, profile, stage),
      () => this.pool.run(profile, stage, place, signal),
      signal,
    );
    return facts;
  }

  private async run(
    language: Language,
    program: Program,
    compile: StageFacts | null,
    signal: AbortSignal,
  ): Promise<StageFacts> {
    const stage = runStage(language, program, compile?.artifacts ?? []);
    const place = parkingPlace(language.run.park, stage.files);
    return await this.pool.run(profileOf(language), stage, place, signal);
  }
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
