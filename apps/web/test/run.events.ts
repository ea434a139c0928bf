import type { FinishedEvent, OutputEvent, StatusEvent } from '@runbin/contracts/follow.events';

/** Events of one run, for tests. */

const SUBMISSION_ID = '01980000-0000-7000-8000-000000000000';
const AT = '2026-01-01T00:00:00.000Z';

export function statusEvent(status: StatusEvent['status'], attempt: number): StatusEvent {
  return {
    type: 'status',
    position: `${attempt}.0`,
    submission_id: SUBMISSION_ID,
    status,
    message: '',
    attempt,
    language: 'python',
    at: AT,
  };
}

export function outputEvent(seq: number, data: string, attempt = 1): OutputEvent {
  const position = `${attempt}.${seq + 1}`;
  return { type: 'output', position, attempt, seq, at_ms: seq, stream: 'stdout', data, encoding: 'utf-8' };
}

export function finishedEvent(attempt: number): FinishedEvent {
  return {
    type: 'finished',
    position: `${attempt}.end`,
    result: {
      submission_id: SUBMISSION_ID,
      status: 'succeeded',
      message: 'Your program ran to its end.',
      exit_code: 0,
      signal: null,
      stdout_truncated: false,
      stderr_truncated: false,
      compile: null,
      usage: null,
      degraded: [],
      attempt,
      timeline: {
        queued_at: AT,
        picked_at: AT,
        sandbox_ready_at: AT,
        compiled_at: null,
        started_at: AT,
        finished_at: AT,
      },
      language: 'python',
      language_version: '3',
    },
  };
}
