import type { Outcome } from '@runbin/contracts/result';
import { encodeBytes } from '@runbin/contracts/text';
import type { RunFinished, RunStarted } from '@runbin/contracts/work';

/** Run events as a runner emits them. */
export function started(submission_id: string, attempt: number): RunStarted {
  return {
    v: 1,
    submission_id,
    attempt,
    runner_id: 'runner-of-the-test',
    language: 'python',
    language_version: '3.11.2',
    queued_at: '2026-11-21T10:00:00.000Z',
    picked_at: '2026-11-21T10:00:00.250Z',
    started_at: '2026-11-21T10:00:00.250Z',
  };
}

export function finished(
  submission_id: string,
  attempt: number,
  stdout: string | Buffer = 'hello\n',
  outcome: Partial<Outcome> = {},
): RunFinished {
  const text = encodeBytes(Buffer.from(stdout));
  return {
    ...started(submission_id, attempt),
    sandbox_ready_at: '2026-11-21T10:00:00.300Z',
    compiled_at: '2026-11-21T10:00:00.375Z',
    started_at: '2026-11-21T10:00:00.400Z',
    finished_at: '2026-11-21T10:00:00.500Z',
    output_log: stdout.length > 0 ? [['stdout', 3, Buffer.byteLength(stdout)]] : [],
    outcome: {
      status: 'succeeded',
      message: 'The program ended by itself.',
      exit_code: 0,
      signal: null,
      stdout: text.content,
      stdout_encoding: text.encoding,
      stdout_truncated: false,
      stderr: '',
      stderr_encoding: 'utf-8',
      stderr_truncated: false,
      compile: null,
      usage: { cpu_time_ms: 3.25, wall_time_ms: 8.5, memory_peak_bytes: 9_437_184 },
      degraded: [],
      ...outcome,
    },
  };
}
