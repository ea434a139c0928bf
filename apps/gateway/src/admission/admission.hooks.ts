import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { PROBLEM_MEDIA_TYPE, retryAfterOf } from '../errors/problem.reply';
import type { ServerTimeouts } from '../http/server.options';
import { type Budgets, overloaded } from './budgets';
import { clientOf } from './client';
import type { Rate, RateDecision } from './rate.limiter';
import type { WriteRate } from './write.rate';

/** Answers below this are not worth counting. */
const LARGE_ANSWER_BYTES = 64 * 1024;

interface Admitting {
  readonly writes: WriteRate;
  readonly budgets: Budgets;
  readonly bodyBytes: number;
  readonly timeouts: Pick<ServerTimeouts, 'takeMs' | 'takenBytesPerS'>;
}

/** Decides before the body of a request is read whether there is room for it, and before its answer is sent. */
export function admitRequests(
  fastify: FastifyInstance,
  { writes, budgets, bodyBytes, timeouts }: Admitting,
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    try {
      if (changesSomething(request)) {
        limitRate(request, reply, writes);
        holdBody(request, reply, budgets, bodyBytes);
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    done(null, holdAnswer(request, reply, payload, { budgets, timeouts }));
  });
}

const changesSomething = ({ raw, is404 }: FastifyRequest) =>
  !is404 && raw.method !== 'GET' && raw.method !== 'HEAD';

/** @throws Problem `too_many_requests` */
function limitRate(request: FastifyRequest, reply: FastifyReply, writes: WriteRate): void {
  const decision = writes.take(clientOf(request));
  if (!decision) return;
  void reply.headers(rateLimitHeaders(writes.rate, decision));
  if (decision.allowed) return;
  void reply.header('retry-after', wholeSeconds(decision.retryInMs));
  const { perSecond, burst } = writes.rate;
  throw new Problem(
    'too_many_requests',
    `You may send ${perSecond} such requests per second, and ${burst} at one time; wait as Retry-After says.`,
  );
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-10. */
function rateLimitHeaders({ perSecond, burst }: Rate, { remaining, fullInMs }: RateDecision) {
  return {
    'ratelimit-policy': `"writes";q=${burst};w=${Math.max(1, Math.round(burst / perSecond))}`,
    ratelimit: `"writes";r=${remaining};t=${wholeSeconds(fullInMs)}`,
  };
}

const wholeSeconds = (milliseconds: number) => String(Math.max(1, Math.ceil(milliseconds / 1000)));

/** @throws Problem `too_many_requests`, `overloaded` */
function holdBody(request: FastifyRequest, reply: FastifyReply, budgets: Budgets, bodyBytes: number): void {
  const { headers } = request;
  // A length that is not said may be any that is allowed.
  const announced =
    headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : bodyBytes;
  if (announced === 0) return;
  const share = budgets.body(clientOf(request), announced);
  reply.raw.once('close', () => share[Symbol.dispose]());
}

function holdAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  { budgets, timeouts }: Pick<Admitting, 'budgets' | 'timeouts'>,
): unknown {
  const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;
  if (bytes < LARGE_ANSWER_BYTES) return payload;
  const share = budgets.answers.take(clientOf(request), bytes);
  if (typeof share === 'string') return refuseInstead(reply);
  // A reader that takes a byte now and then is never idle.
  const patienceMs = timeouts.takeMs + (bytes / timeouts.takenBytesPerS) * 1000;
  const cutOff = setTimeout(() => reply.raw.destroy(), patienceMs).unref();
  reply.raw.once('close', () => {
    clearTimeout(cutOff);
    share[Symbol.dispose]();
  });
  return payload;
}

/** The answer that there is no room for becomes a refusal. */
function refuseInstead(reply: FastifyReply): string {
  const problem = overloaded();
  void reply
    .status(problem.status)
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .header('retry-after', retryAfterOf(problem.code))
    .removeHeader('content-disposition')
    .removeHeader('content-encoding')
    .removeHeader('content-length')
    .removeHeader('etag');
  return JSON.stringify(problem.toDocument());
}
