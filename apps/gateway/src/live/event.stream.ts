import type { AcceptedMessage } from '@runbin/contracts/run.socket';
import type { SubmitCodeResponse } from '@runbin/contracts/submission';
import type { Place } from './run.place';
import type { Follower } from './run.watches';
import type { Told } from './told';

/** A line now and then keeps what lies between from taking a silent program for a dead connection. */
const HEARTBEAT_MS = 15_000;
/** How soon a client that was cut off comes again. */
const RETRY_MS = 1_000;

/** What of a run is told, and until when. */
export interface Telling {
  /** Where the client is already; undefined: at the beginning. */
  readonly after: Place | undefined;
  /** The client is gone, or is to come again. */
  readonly signal: AbortSignal;
  /** An event that comes before those of the run. */
  readonly first?: string;
  /** Followed by a link: nothing of it names the submission. */
  readonly isShared?: boolean;
  readonly heartbeatMs?: number;
}

/** A run as server-sent events (HTML, 9.2): text that is made as it is taken. Ends after the last event. */
export async function* eventStream(
  follower: Pick<Follower, 'next'>,
  { after, signal, first = '', isShared = false, heartbeatMs = HEARTBEAT_MS }: Telling,
): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n${first}`;
  let place: Place | undefined | null = after;
  while (place !== null) {
    const step = await follower.next(place, { signal, ms: heartbeatMs });
    if (step === 'over') return;
    if (step === 'nothing yet') yield ':\n\n';
    else {
      yield eventText(step.told, isShared);
      ({ place } = step);
    }
  }
}

/** What an answer to a submission begins with. It has no id: a client that comes again asks for the run. */
export const acceptedText = (accepted: SubmitCodeResponse) =>
  `event: accepted\ndata: ${JSON.stringify({ type: 'accepted', ...accepted } satisfies AcceptedMessage)}\n\n`;

/** Neither of the three can hold a line break: position and type are ours, and JSON is on one line. */
export const eventText = ({ position, type, json, sharedJson }: Told, isShared = false) =>
  `id: ${position}\nevent: ${type}\ndata: ${isShared ? sharedJson : json}\n\n`;
