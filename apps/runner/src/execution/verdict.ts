import { constants } from 'node:os';
import type { Limits } from '@runbin/contracts/limits';
import type { FinalStatus } from '@runbin/contracts/status';
import type { StageFacts } from '../sandbox/sandbox';

export interface RunFacts {
  /** null: the language has no compile stage. */
  compile: StageFacts | null;
  /** null: the compile stage ended it. */
  run: StageFacts | null;
  limits: Limits;
  /** Somebody wanted it to end before its time, and it was told to. */
  cancelled?: boolean;
}

export interface Verdict {
  status: FinalStatus;
  /** One sentence for the person whose program it was. */
  message: string;
}

/** Where two names share a number (SIGABRT, SIGIOT) the first is the one that people know. */
const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
);
const ENOENT = constants.errno.ENOENT;

/**
 * What a run's facts amount to. Where several limits were passed, the one that explains the others comes
 * first: a process that the OOM killer took may leave its parent to wait until time runs out.
 */
export function decideVerdict({ compile, run, limits, cancelled = false }: RunFacts): Verdict {
  if (cancelled) return { status: 'cancelled', message: 'The run was cancelled.' };
  if (compile) {
    const problem = compileProblem(compile);
    if (problem) return { status: 'compile_error', message: problem };
  }
  if (!run) return { status: 'compile_error', message: 'The program was not started.' };
  if (run.sandboxEnded) return error('The sandbox ended with the program.');
  if (run.filesDidNotFit) {
    return error(`The files of the submission do not fit into files_bytes (${limits.files_bytes}).`);
  }
  if (run.execErrno !== 0) {
    return compile && run.execErrno === ENOENT
      ? { status: 'compile_error', message: 'The compiler produced no program.' }
      : error(`The program could not be started (errno ${run.execErrno}).`);
  }
  if (run.memoryExceeded) {
    return {
      status: 'memory_limit_exceeded',
      message: `Your program used more than ${limits.memory_bytes} bytes of memory.`,
    };
  }
  if (run.stdoutTruncated || run.stderrTruncated) {
    const stream = run.stdoutTruncated ? 'stdout' : 'stderr';
    return {
      status: 'output_limit_exceeded',
      message: `Your program wrote more than ${limits.output_bytes} bytes to ${stream}.`,
    };
  }
  // The rlimit behind the supervisor's own watch kills without telling; then the time used says it.
  if (run.cpuExceeded || (run.signal !== null && run.cpuTimeMs >= limits.cpu_time_ms)) {
    return {
      status: 'time_limit_exceeded',
      message: `Your program used more than ${limits.cpu_time_ms} ms of CPU time.`,
    };
  }
  if (run.wallExceeded) {
    return {
      status: 'time_limit_exceeded',
      message: `Your program ran for more than ${limits.wall_time_ms} ms.`,
    };
  }
  if (run.signal !== null) return error(`Your program was ended by ${nameOf(run.signal)}.`);
  if (run.exitCode !== 0) return error(`Your program ended with exit code ${run.exitCode}.`);
  return { status: 'succeeded', message: 'Your program ran to its end.' };
}

/** Why there is no program to run, or undefined. Running out of something while compiling is the program's doing too. */
function compileProblem(compile: StageFacts): string | undefined {
  if (compile.sandboxEnded) return 'The sandbox ended with the compiler.';
  if (compile.filesDidNotFit) return 'The files of the submission do not fit.';
  if (compile.memoryExceeded) return 'The compiler ran out of memory.';
  if (compile.cpuExceeded || compile.wallExceeded) return 'The compiler ran out of time.';
  if (compile.artifactsTooLarge) return 'The compiled program is too large.';
  if (compile.signal !== null) return `The compiler was ended by ${nameOf(compile.signal)}.`;
  if (compile.exitCode !== 0) return 'The program does not compile.';
  return undefined;
}

const error = (message: string): Verdict => ({ status: 'runtime_error', message });
const nameOf = (signal: number) => SIGNAL_NAMES.get(signal) ?? `signal ${signal}`;
