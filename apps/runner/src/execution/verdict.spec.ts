import { DEFAULT_LIMITS as limits } from '@runbin/contracts/limits';
import type { StageFacts } from '../sandbox/sandbox';
import { decideVerdict } from './verdict';

const fine: StageFacts = {
  exitCode: 0,
  signal: null,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
  stdoutTruncated: false,
  stderrTruncated: false,
  wallExceeded: false,
  cpuExceeded: false,
  memoryExceeded: false,
  filesDidNotFit: false,
  artifactsTooLarge: false,
  execErrno: 0,
  cpuTimeMs: 1,
  wallTimeMs: 1,
  memoryPeakBytes: 1,
  times: { readyAt: 0, releasedAt: 0, endedAt: 5 },
  artifacts: [],
};
const killed = { exitCode: null, signal: 9 };

describe('decideVerdict, one stage', () => {
  it.each<[string, Partial<StageFacts>, string]>([
    ['exit 0', {}, 'succeeded'],
    ['exit 3', { exitCode: 3 }, 'runtime_error'],
    ['exit 137 is an exit code like any other', { exitCode: 137 }, 'runtime_error'],
    ['SIGSEGV', { exitCode: null, signal: 11 }, 'runtime_error'],
    ['SIGKILL by itself says nothing of memory', killed, 'runtime_error'],
    ['SIGXCPU raised by the program itself', { exitCode: null, signal: 24 }, 'runtime_error'],
    ['wall', { ...killed, wallExceeded: true }, 'time_limit_exceeded'],
    ['CPU', { ...killed, cpuExceeded: true }, 'time_limit_exceeded'],
    ['CPU, by the rlimit', { ...killed, cpuTimeMs: limits.cpu_time_ms }, 'time_limit_exceeded'],
    ['all of its CPU time, but ended by itself', { cpuTimeMs: limits.cpu_time_ms }, 'succeeded'],
    ['OOM', { ...killed, memoryExceeded: true }, 'memory_limit_exceeded'],
    ['OOM of a child, exit 0', { memoryExceeded: true }, 'memory_limit_exceeded'],
    ['OOM and then time', { ...killed, memoryExceeded: true, wallExceeded: true }, 'memory_limit_exceeded'],
    ['too much output', { ...killed, stdoutTruncated: true }, 'output_limit_exceeded'],
    ['too much output at the very end, exit 0', { stderrTruncated: true }, 'output_limit_exceeded'],
    [
      'output and then time',
      { ...killed, stdoutTruncated: true, cpuExceeded: true },
      'output_limit_exceeded',
    ],
    ['the sandbox ended with it', { exitCode: null, sandboxEnded: true }, 'runtime_error'],
    ['files do not fit', { exitCode: null, filesDidNotFit: true }, 'runtime_error'],
    ['arguments too long', { exitCode: null, execErrno: 7 }, 'runtime_error'],
  ])('%s', (_, facts, status) => {
    expect(decideVerdict({ compile: null, run: { ...fine, ...facts }, limits }).status).toBe(status);
  });
});

it.each([
  ['before anything was started', null, null],
  ['while it was compiled', { ...fine, ...killed }, null],
  ['while it ran', fine, { ...fine, ...killed }],
])('cancelled %s', (_, compile, run) => {
  expect(decideVerdict({ compile, run, limits, cancelled: true }).status).toBe('cancelled');
});

it.each([
  [6, 'SIGABRT'],
  [11, 'SIGSEGV'],
  [64, 'signal 64'],
])('signal %i is called %s', (signal, name) => {
  const { message } = decideVerdict({ compile: null, run: { ...fine, exitCode: null, signal }, limits });
  expect(message).toBe(`Your program was ended by ${name}.`);
});

describe('decideVerdict, compile stage', () => {
  it.each<[string, Partial<StageFacts>, string]>([
    ['exit 1', { exitCode: 1 }, 'does not compile'],
    ['memory', { ...killed, memoryExceeded: true }, 'ran out of memory'],
    ['CPU', { ...killed, cpuExceeded: true }, 'ran out of time'],
    ['wall', { ...killed, wallExceeded: true }, 'ran out of time'],
    ['signal', { exitCode: null, signal: 11 }, 'SIGSEGV'],
    ['artifacts', { artifactsTooLarge: true }, 'too large'],
    ['sandbox', { exitCode: null, sandboxEnded: true }, 'The sandbox ended with the compiler.'],
  ])('%s is the compile error of the program', (_, facts, words) => {
    const verdict = decideVerdict({ compile: { ...fine, ...facts }, run: null, limits });
    expect(verdict.status).toBe('compile_error');
    expect(verdict.message).toContain(words);
  });

  it('warnings over the cap are no error', () => {
    expect(decideVerdict({ compile: { ...fine, stdoutTruncated: true }, run: fine, limits }).status).toBe(
      'succeeded',
    );
  });

  it('a compiler that says yes and leaves no program', () => {
    const run = { ...fine, exitCode: null, execErrno: 2 };
    expect(decideVerdict({ compile: fine, run, limits }).status).toBe('compile_error');
  });
});
