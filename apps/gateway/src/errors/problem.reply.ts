import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '@runbin/platform/problem';
import { closeGently } from '../http/gentle.close';
import { SECURITY_HEADERS } from '../http/security.headers';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** Seconds after which a client may try again what failed for want of a service. */
const RETRY_AFTER_S = '1';

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
  if (problem.status === 503) void reply.header('retry-after', RETRY_AFTER_S);
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
