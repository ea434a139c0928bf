import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { whenClosed } from '../http/when.closed';
import { eventStream, type Telling } from './event.stream';
import type { Follower } from './run.watches';

/** A client that took nothing for this long is cut off; it can come again and go on. */
const STALLED_MS = 150_000;

const MEDIA_TYPE = 'text/event-stream';
/** A weight of zero (RFC 9110, 12.4.2). */
const NEVER = /^q=0(?:\.0{0,3})?$/;

export const EVENT_HEADERS = {
  'content-type': `${MEDIA_TYPE}; charset=utf-8`,
  'cache-control': 'no-store',
  // nginx would gather what is to be seen at once.
  'x-accel-buffering': 'no',
};

/** Whether it says so itself: who takes anything gets JSON. */
export function wantsEvents({ headers: { accept = '' } }: FastifyRequest): boolean {
  const ranges = accept.split(',').map((range) => range.split(';').map((part) => part.trim().toLowerCase()));
  return ranges.some(
    ([type, ...parameters]) => type === MEDIA_TYPE && !parameters.some((one) => NEVER.test(one)),
  );
}

/** The body that answers with the events of a run. The follower is disposed with the answer. */
export function eventReply(
  request: FastifyRequest,
  reply: FastifyReply,
  follower: Follower,
  telling: Telling,
): Readable {
  whenClosed(reply.raw, () => follower[Symbol.dispose]());
  void reply.headers(EVENT_HEADERS);
  // Idle is who takes nothing: while the client lags nothing is written, not even a heartbeat.
  request.raw.socket.setTimeout(STALLED_MS);
  return Readable.from(eventStream(follower, telling), { objectMode: false });
}
