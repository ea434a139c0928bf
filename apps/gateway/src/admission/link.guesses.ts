import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { clientOf } from './client';
import { RateLimiter } from './rate.limiter';

/**
 * A person follows a dead link now and then. Of the 2^48 codes that each number could have, who tries one a second
 * finds none.
 */
const GUESSES = { perSecond: 1, burst: 20 };
const LINK_ROUTES = /^\/(?:s|embed|v1\/urls)\/:code(?:$|\/)|^\/oembed$/;

/**
 * Bounds how many links that do not exist one client may ask for. Each gateway counts for itself: a code is as
 * hard to guess with twice as many tries.
 */
export function limitGuesses(fastify: FastifyInstance): void {
  const guesses = new RateLimiter(GUESSES);
  fastify.addHook('onRequest', (request, reply, done) => {
    done(isForLink(request) ? refusal(request, reply, guesses) : undefined);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    if (isForLink(request) && reply.statusCode === 404) guesses.note(clientOf(request).id, performance.now());
    done();
  });
}

const isForLink = ({ routeOptions }: FastifyRequest) => LINK_ROUTES.test(routeOptions.url ?? '');

function refusal(request: FastifyRequest, reply: FastifyReply, guesses: RateLimiter): Problem | undefined {
  const client = clientOf(request);
  if (!client.isBounded) return undefined;
  const { allowed, retryInMs } = guesses.look(client.id, performance.now());
  if (allowed) return undefined;
  void reply.header('retry-after', String(Math.max(1, Math.ceil(retryInMs / 1000))));
  return new Problem(
    'too_many_requests',
    'You asked for many links that do not exist; wait as Retry-After says.',
  );
}
