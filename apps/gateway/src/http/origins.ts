import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { methodsAt } from './known.paths';
import { upgradeOf } from './upgrades';

/** What a page of another origin may send, and read of an answer. */
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, last-event-id';
const ANSWER_HEADERS = 'idempotency-replayed, location, ratelimit, ratelimit-policy, retry-after';
const PREFLIGHT_SECONDS = '600';
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Pages of which origins may use this server: its own, and those that its operator names. */
export class Origins {
  private readonly own: string | undefined;

  /** @param allowed origins as browsers send them; `*` is any that has a name */
  constructor(
    private readonly allowed: readonly string[],
    publicUrl: string | undefined,
  ) {
    this.own = publicUrl !== undefined && URL.canParse(publicUrl) ? new URL(publicUrl).origin : undefined;
  }

  /** Whether a page of this origin is named, and so may read answers. */
  isNamed(origin: string): boolean {
    return origin !== 'null' && (this.allowed.includes('*') || this.allowed.includes(origin));
  }

  /**
   * Whether it is ours. Behind which scheme the proxy before us is known is not ours to know: the host decides.
   * @param host as the request names it
   */
  isOwn(origin: string, host: string | undefined): boolean {
    if (origin === this.own) return true;
    return host !== undefined && isOfPage(origin) && new URL(origin).host === hostOf(origin, host);
  }

  /** Answers are the same for every page: none of them depends on a cookie. */
  readableBy(origin: string): string {
    return this.allowed.includes('*') ? '*' : origin;
  }
}

const isOfPage = (origin: string) => /^https?:\/\//.test(origin) && URL.canParse(origin);

/** A host with the port that stands for the scheme left out, as a URL has it. */
function hostOf(origin: string, host: string): string | undefined {
  const url = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/**
 * CORS (Fetch, 3.2), closed unless origins are named; and what browsers do not ask for: that a page elsewhere changes
 * something, or opens a WebSocket. Whoever sends no Origin is no browser, and nobody's page.
 */
export function guardOrigins(fastify: FastifyInstance, origins: Origins): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin, host } = request.headers;
    if (origin === undefined) return done();
    const isNamed = origins.isNamed(origin);
    if (isNamed) {
      void reply.headers({
        'access-control-allow-origin': origins.readableBy(origin),
        'access-control-expose-headers': ANSWER_HEADERS,
      });
      if (isPreflight(request)) return answerPreflight(request, reply);
    }
    const isRefused = mattersMore(request) && !isNamed && !origins.isOwn(origin, host);
    done(isRefused ? foreign() : undefined);
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    const vary = String(reply.getHeader('vary') ?? '');
    if (!/\borigin\b/i.test(vary)) void reply.header('vary', vary === '' ? 'Origin' : `${vary}, Origin`);
    done();
  });
}

const mattersMore = ({ raw }: FastifyRequest) =>
  !SAFE_METHODS.includes(raw.method ?? '') || upgradeOf(raw) !== undefined;

const isPreflight = ({ method, headers }: FastifyRequest) =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

function answerPreflight(request: FastifyRequest, reply: FastifyReply): void {
  void reply
    .status(204)
    .headers({
      'access-control-allow-methods': methodsAt(request.raw.url ?? '').join(', '),
      'access-control-allow-headers': REQUEST_HEADERS,
      'access-control-max-age': PREFLIGHT_SECONDS,
    })
    .send();
}

const foreign = () =>
  new Problem(
    'origin_not_allowed',
    'This page may not do that here; whoever runs the server can name its origin.',
  );
