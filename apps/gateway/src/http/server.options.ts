import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import { toProblem } from '../errors/problem.mapping';
import { sendProblem } from '../errors/problem.reply';
import { answerClientError } from './client.errors';

/** How long a client may take, in milliseconds. */
export interface ServerTimeouts {
  /** To send the head of a request. */
  headersMs: number;
  /** To send a whole request; how long the answer takes is not counted. */
  requestMs: number;
  /** Between two requests on one connection. */
  keepAliveMs: number;
  /** Of silence in both directions; must exceed the longest `?wait=`. Ends clients that never read. */
  idleMs: number;
  /** To take a large answer: this long, and a second for each `takenBytesPerS` of it. Ends clients that hardly read. */
  takeMs: number;
  takenBytesPerS: number;
  /** To show that it is there, by WebSocket. */
  pulse: { everyMs: number; patienceMs: number };
}

export const SERVER_TIMEOUTS: ServerTimeouts = {
  headersMs: 12_000,
  requestMs: 30_000,
  keepAliveMs: 65_000,
  idleMs: 60_000,
  takeMs: 10_000,
  takenBytesPerS: 64 * 1024,
  pulse: { everyMs: 15_000, patienceMs: 60_000 },
};

const MAX_HEADER_BYTES = 16 * 1024;

/** Node looks for late requests every 30 s by default, which would make 12 s mean 42. */
const LATENESS_CHECK_MS = 1_000;

/** @param trustedProxies whose word on whom they speak for is taken: addresses, networks or names of proxy-addr */
export function serverOptions(
  timeouts: ServerTimeouts,
  trustedProxies: readonly string[],
): FastifyHttpOptions<Server> {
  return {
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: Math.min(LATENESS_CHECK_MS, timeouts.headersMs),
      // The guard refuses a missing Host itself, in our form.
      requireHostHeader: false,
    },
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionTimeout: timeouts.idleMs,
    // The guard answers while we stop, in our form.
    return503OnClosing: false,
    // The length of an id is checked where ids are; the address as a whole is bounded by the guard.
    routerOptions: { maxParamLength: MAX_HEADER_BYTES },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, toProblem(error)),
  };
}
