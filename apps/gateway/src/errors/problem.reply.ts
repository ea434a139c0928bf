import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemCode } from '@runbin/contracts/problem';
import type { Problem } from '@runbin/platform/problem';
import { closeGently } from '../http/gentle.close';
import { SECURITY_HEADERS } from '../http/security.headers';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** Seconds after which a client may try again what failed for want of a service, or of room. */
const RETRY_AFTER_S = '1';
/** A queue takes longer to become shorter. */
const RETRY_AFTER_QUEUE_S = '5';

/** A person has to make room, or what is too old goes. */
const RETRY_AFTER_STORAGE_S = '60';

/** The Retry-After of a problem. */
export function retryAfterOf(code: ProblemCode): string {
  if (code === 'queue_full') return RETRY_AFTER_QUEUE_S;
  if (code === 'storage_full') return RETRY_AFTER_STORAGE_S;
  return code === 'too_many_bytes' ? secondsOfDayLeft() : RETRY_AFTER_S;
}

const DAY_S = 24 * 60 * 60;

/** Bytes are counted by day, in UTC. */
const secondsOfDayLeft = (nowS = Math.floor(Date.now() / 1000)): string => String(DAY_S - (nowS % DAY_S));

export interface ProblemExtras {
  /** RFC 9457 `instance`: what the log line of this failure carries too. */
  instance?: string;
  /** Methods that the address does take, for 405. */
  allow?: readonly string[];
}

/** Answers a request with an RFC 9457 document. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  { instance, allow }: ProblemExtras = {},
): void {
  void reply.headers(SECURITY_HEADERS);
  // Whoever knows better has said so.
  if ((problem.status === 503 || problem.status === 429) && !reply.hasHeader('retry-after')) {
    void reply.header('retry-after', retryAfterOf(problem.code));
  }
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  if (allow) void reply.header('allow', allow.join(', '));
  if (hasUnreadBody(request)) {
    // What was not read is not going to be: the connection can not carry another request.
    void reply.header('connection', 'close');
    closeGently(request.raw.socket);
  }
  // As text: a serializer of the route must not touch it.
  void reply
    .status(problem.status)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problem.toDocument(instance)));
}

function hasUnreadBody({ raw }: FastifyRequest): boolean {
  const announced =
    raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
  return announced && !raw.complete;
}
