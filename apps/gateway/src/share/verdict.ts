import type { Result } from '@runbin/contracts/result';
import type { Status } from '@runbin/contracts/status';
import type { GetSubmissionResponse } from '@runbin/contracts/url';

export interface Verdict {
  readonly tone: 'good' | 'bad' | 'wait';
  readonly words: string;
}

const VERDICTS: Readonly<Record<Status, readonly [Verdict['tone'], string]>> = {
  queued: ['wait', 'In queue'],
  running: ['wait', 'Running'],
  succeeded: ['good', 'Succeeded'],
  runtime_error: ['bad', 'Runtime error'],
  compile_error: ['bad', 'Compile error'],
  time_limit_exceeded: ['bad', 'Time limit exceeded'],
  memory_limit_exceeded: ['bad', 'Memory limit exceeded'],
  output_limit_exceeded: ['bad', 'Output limit exceeded'],
  cancelled: ['wait', 'Cancelled'],
  internal_error: ['bad', 'Internal error'],
};

/** How a run ended, in a word or two. */
export function verdictOf({ result }: Pick<GetSubmissionResponse, 'result'>): Verdict {
  const [tone, words] = result ? VERDICTS[result.status] : (['wait', 'Result not reachable'] as const);
  return { tone, words };
}

/** What is counted of a run, by name: exit code or signal, times and memory. */
export function figuresOf({ exit_code, signal, usage }: Result): [name: string, value: string][] {
  const figures: [string, string][] = [];
  if (exit_code !== null) figures.push(['Exit code', String(exit_code)]);
  if (signal !== null) figures.push(['Signal', String(signal)]);
  if (usage) {
    figures.push(
      ['Time', milliseconds(usage.wall_time_ms)],
      ['CPU', milliseconds(usage.cpu_time_ms)],
      ['Memory', bytes(usage.memory_peak_bytes)],
    );
  }
  return figures;
}

/** `0.4 ms`, `12 ms`, `1.25 s` */
export function milliseconds(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
}

/** `812 B`, `8.2 MiB` */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}
