import {
  type RunFinished,
  RunFinishedSchema,
  type RunStarted,
  RunStartedSchema,
  MESSAGE_VERSION,
} from '@runbin/contracts/work';
import { RUN_FINISHED } from '@runbin/contracts/subjects';

export type RunEvent = RunStarted | RunFinished;

export const isFinished = (event: RunEvent): event is RunFinished => 'outcome' in event;

/** A message of another version: not for this reader, but not broken either. */
export class ForeignVersionError extends Error {}

/**
 * @throws ForeignVersionError, or another Error when the message can not be read
 */
export function parseRunEvent(subject: string, message: unknown): RunEvent {
  const version = typeof message === 'object' && message !== null && 'v' in message ? message.v : undefined;
  if (typeof version === 'number' && version !== MESSAGE_VERSION)
    throw new ForeignVersionError(`version ${version}`);
  return subject === RUN_FINISHED ? RunFinishedSchema.parse(message) : RunStartedSchema.parse(message);
}

/**
 * Whether `later` changes what `earlier` said, of one submission. The same rule as the conditional update in
 * result.store.ts: the first outcome stands, and an attempt that was given up says nothing to a newer one.
 */
export function supersedes(later: RunEvent, earlier: RunEvent): boolean {
  return !isFinished(earlier) && later.attempt >= earlier.attempt;
}

/** What remains of events in the order they came: one per submission, the one that the table would end up with. */
export function latestPerSubmission(events: readonly RunEvent[]): RunEvent[] {
  const latest = new Map<string, RunEvent>();
  for (const event of events) {
    const earlier = latest.get(event.submission_id);
    if (!earlier || supersedes(event, earlier)) latest.set(event.submission_id, event);
  }
  return [...latest.values()];
}
