import type {
  FinishedEvent,
  FollowEvent,
  OutputEvent,
  SharedEvent,
  SharedFinishedEvent,
  SharedStatusEvent,
  StatusEvent,
} from '@runbin/contracts/follow.events';
import type { Result } from '@runbin/contracts/result';
import { PENDING_MESSAGES } from '@runbin/contracts/status';
import { endOf, type Place, positionOf, QUEUED } from './run.place';

/** An event as it is told to everybody: made once, however many follow. */
export interface Told {
  readonly type: FollowEvent['type'];
  readonly position: string;
  /** The whole event, on one line. */
  readonly json: string;
  /** The same for whoever follows by a link, which names no id. */
  readonly sharedJson: string;
}

/** What every status event says, whoever tells it when. */
export interface RunFacts {
  readonly submission_id: string;
  readonly language: string;
  readonly created_at: string;
}

export const toldQueued = (facts: RunFacts) => status(facts, 'queued', QUEUED, facts.created_at);

/** @param pickedAt null: an earlier runner did not say */
export const toldRunning = (facts: RunFacts, attempt: number, pickedAt: string | null) =>
  status(facts, 'running', { attempt, seq: 0 }, pickedAt ?? facts.created_at);

export const toldOutput = (event: OutputEvent) => told(event);

export function toldFinished(result: Result): Told {
  const { stdout: _stdout, stdout_encoding: _o, stderr: _stderr, stderr_encoding: _e, ...rest } = result;
  const { submission_id: _id, ...shared } = rest;
  const head = { type: 'finished', position: endOf(result.attempt) } as const;
  return told(
    { ...head, result: rest } satisfies FinishedEvent,
    { ...head, result: shared } satisfies SharedFinishedEvent,
  );
}

function status(
  { submission_id, language }: RunFacts,
  of: StatusEvent['status'],
  place: Place,
  at: string,
): Told {
  const shared = {
    type: 'status',
    position: positionOf(place),
    status: of,
    message: PENDING_MESSAGES[of],
    attempt: place.attempt,
    language,
    at,
  } satisfies SharedStatusEvent;
  return told({ ...shared, submission_id } satisfies StatusEvent, shared);
}

/** JSON holds no raw line break, whatever a program wrote. */
function told(event: FollowEvent, shared: SharedEvent = event): Told {
  const json = JSON.stringify(event);
  return {
    type: event.type,
    position: event.position,
    json,
    get sharedJson() {
      return shared === event ? json : JSON.stringify(shared);
    },
  };
}
