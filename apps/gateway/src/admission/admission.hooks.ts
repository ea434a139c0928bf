import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { PROBLEM_MEDIA_TYPE, retryAfterOf } from '../errors/problem.reply';
import type { ServerTimeouts } from '../http/server.options';
import { whenClosed } from '../http/when.closed';
import { type Budgets, overloaded } from './budgets';
import { clientOf } from './client';
import type { Rate, RateDecision } from './rate.limiter';
import { costOfAnswer, costOfRead } from './read.costs';
import type { ReadRate } from './read.rate';
import type { WriteRate } from './write.rate';

/** Answers below this are not worth counting. */
const LARGE_ANSWER_BYTES = 64 * 1024;

interface Admitting {
  readonly writes: WriteRate;
  readonly reads: ReadRate;
  readonly budgets: Budgets;
  readonly bodyBytes: number;
  readonly timeouts: Pick<ServerTimeouts, 'takeMs' | 'takenBytesPerS'>;
}

/** Decides before the body of a request is read whether there is room for it, and before its answer is sent. */
export function admitRequests(
  fastify: FastifyInstance,
  { writes, reads, budgets, bodyBytes, timeouts }: Admitting,
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    try {
      if (changesSomething(request)) {
        admit(reply, 'writes', writes.rate, writes.take(clientOf(request)));
        holdBody(request, reply, budgets, bodyBytes);
      } else if (onlyReads(request)) {
        const cost = costOfRead(request.routeOptions.url);
        if (cost > 0) admit(reply, 'reads', reads.rate, reads.take(clientOf(request), cost));
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (onlyReads(request)) reads.charge(clientOf(request), costOfAnswer(bytesOf(payload)));
    done(null, holdAnswer(request, reply, payload, { budgets, timeouts }));
  });
}

const onlyReads = ({ raw }: FastifyRequest) => raw.method === 'GET' || raw.method === 'HEAD';

const changesSomething = (request: FastifyRequest) => !request.is404 && !onlyReads(request);

/**
 * Tells what is left of a rate, and refuses what is beyond it.
 * @param decision undefined: nobody counts this client
 * @throws Problem `too_many_requests`
 */
function admit(
  reply: FastifyReply,
  name: 'writes' | 'reads',
  rate: Rate,
  decision: RateDecision | undefined,
): void {
  if (!decision) return;
  void reply.headers(rateLimitHeaders(name, rate, decision));
  if (decision.allowed) return;
  void reply.header('retry-after', wholeSeconds(decision.retryInMs));
  const { perSecond, burst } = rate;
  throw new Problem(
    'too_many_requests',
    name === 'writes'
      ? `You may send ${perSecond} such requests per second, and ${burst} at one time; wait as Retry-After says.`
      : `You may read ${perSecond} times per second, and ${burst} times at once, where pages and large answers count more than once; wait as Retry-After says.`,
  );
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-10. */
function rateLimitHeaders(name: string, { perSecond, burst }: Rate, { remaining, fullInMs }: RateDecision) {
  return {
    'ratelimit-policy': `"${name}";q=${burst};w=${Math.max(1, Math.round(burst / perSecond))}`,
    ratelimit: `"${name}";r=${remaining};t=${wholeSeconds(fullInMs)}`,
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
  whenClosed(reply.raw, () => share[Symbol.dispose]());
}

const bytesOf = (payload: unknown): number =>
  typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;

function holdAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  { budgets, timeouts }: Pick<Admitting, 'budgets' | 'timeouts'>,
): unknown {
  const bytes = bytesOf(payload);
  if (bytes < LARGE_ANSWER_BYTES) return payload;
  const share = budgets.answers.take(clientOf(request), bytes);
  if (typeof share === 'string') return refuseInstead(reply);
  // A reader that takes a byte now and then is never idle.
  const patienceMs = timeouts.takeMs + (bytes / timeouts.takenBytesPerS) * 1000;
  const cutOff = setTimeout(() => reply.raw.destroy(), patienceMs).unref();
  whenClosed(reply.raw, () => {
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
