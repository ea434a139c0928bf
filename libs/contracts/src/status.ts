/** Every state of a submission's run. A run that is not final is `queued` or `running`. */
export const PENDING_STATUSES = ['queued', 'running'] as const;

/** `internal_error` is ours, never the program's; everything else here is the program's own doing. */
export const FINAL_STATUSES = [
  'succeeded',
  'runtime_error',
  'compile_error',
  'time_limit_exceeded',
  'memory_limit_exceeded',
  'output_limit_exceeded',
  'cancelled',
  'internal_error',
] as const;

export const STATUSES = [...PENDING_STATUSES, ...FINAL_STATUSES] as const;

export type PendingStatus = (typeof PENDING_STATUSES)[number];
export type FinalStatus = (typeof FINAL_STATUSES)[number];
export type Status = (typeof STATUSES)[number];

export const PENDING_MESSAGES: Record<PendingStatus, string> = {
  queued: 'Your submission is in queue.',
  running: 'Your submission is running.',
};

export function isFinal(status: Status): status is FinalStatus {
  return (FINAL_STATUSES as readonly Status[]).includes(status);
}
