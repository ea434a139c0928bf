import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { STATUSES } from '@runbin/contracts/status';
import { explain, figures, type VerdictFacts } from './verdict';

const usage = (cpu_time_ms: number, wall_time_ms: number) => ({
  cpu_time_ms,
  wall_time_ms,
  memory_peak_bytes: 9 * 1024 * 1024,
});
const said = (facts: VerdictFacts, limits: typeof DEFAULT_LIMITS | null = DEFAULT_LIMITS) => {
  const { title, reason, hint } = explain(facts, limits);
  return `${title}: ${reason}${hint === null ? '' : ` ${hint}`}`;
};

describe('explain', () => {
  it.each<[string, VerdictFacts, string | RegExp]>([
    ['success', { status: 'succeeded', exit_code: 0 }, 'Finished: Your program ran to its end.'],
    [
      'a loop without end',
      { status: 'time_limit_exceeded', message: 'Your program used more than 5000 ms of CPU time.' },
      'Out of time: It ran for 5.0 s of CPU time, which is all it may have. Is there a loop that never ends?',
    ],
    [
      'waiting without end',
      { status: 'time_limit_exceeded', message: '', usage: usage(12, 10_000) },
      'Out of time: It had not ended after 10.0 s, which is all that it may take. It used the CPU for 12 ms of that. ' +
        'Does it wait for input that never comes, for another thread, or sleep?',
    ],
    [
      'slowness beside neighbours',
      { status: 'time_limit_exceeded', message: '', usage: usage(4_500, 10_000) },
      /CPU for 4\.5 s of that\. Is there a loop/,
    ],
    [
      'a fault of memory',
      { status: 'runtime_error', signal: 11 },
      /^Segmentation fault: .*SIGSEGV.*null or freed/,
    ],
    ['a division by zero', { status: 'runtime_error', signal: 8 }, /^Arithmetic error: .*SIGFPE/],
    ['an unknown signal', { status: 'runtime_error', signal: 40 }, /^Ended by signal 40/],
    [
      'an exit code',
      { status: 'runtime_error', exit_code: 3, signal: null },
      /^Ended with exit code 3: .*code 3/,
    ],
    ['a known exit code', { status: 'runtime_error', exit_code: 127 }, /does not find a command/],
    ['the exit code of a signal', { status: 'runtime_error', exit_code: 139 }, /128 \+ 11.*SIGSEGV/],
    [
      'a program that was not started',
      {
        status: 'runtime_error',
        exit_code: null,
        signal: null,
        message: 'The program could not be started.',
      },
      'Not started: The program could not be started.',
    ],
    [
      'a compile error',
      { status: 'compile_error', message: 'The program does not compile.' },
      /did not accept/,
    ],
    [
      'a compiler out of time',
      { status: 'compile_error', message: 'The compiler ran out of time.' },
      /ran out of time/,
    ],
    ['memory', { status: 'memory_limit_exceeded' }, /more memory than the 256 MiB/],
    ['output', { status: 'output_limit_exceeded', stdout_truncated: true }, /more than 1 MiB to stdout/],
    [
      'errors',
      { status: 'output_limit_exceeded', stdout_truncated: false, stderr_truncated: true },
      /to stderr/,
    ],
    ['our fault', { status: 'internal_error' }, /nothing that your program did/],
  ])('%s', (_, facts, wanted) => {
    expect(said(facts)).toEqual(typeof wanted === 'string' ? wanted : expect.stringMatching(wanted));
  });

  it('has words for every status, without limits too', () => {
    for (const status of STATUSES) {
      expect(said({ status }, null)).not.toMatch(/undefined|null|NaN/);
      expect(said({ status }, null)).toMatch(/: \S/);
    }
  });
});

describe('figures', () => {
  it('stand against their limits', () => {
    expect(figures({ status: 'succeeded', usage: usage(12.3, 2_500) }, DEFAULT_LIMITS)).toEqual([
      { label: 'CPU', value: '12 ms', limit: '5.0 s', share: 12.3 / 5000 },
      { label: 'Time', value: '2.5 s', limit: '10.0 s', share: 0.25 },
      { label: 'Memory', value: '9 MiB', limit: '256 MiB', share: 9 / 256 },
    ]);
  });

  it('are there without limits, and not there when nothing ran', () => {
    expect(figures({ status: 'succeeded', usage: usage(1, 1) }, null)[0]).toMatchObject({
      limit: null,
      share: null,
    });
    expect(figures({ status: 'compile_error', usage: null }, DEFAULT_LIMITS)).toEqual([]);
  });
});
