import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEMS } from '@runbin/contracts/problem';
import { Problem } from '@runbin/platform/problem';
import { PROBLEM_MEDIA_TYPE, retryAfterOf } from '../errors/problem.reply';
import { closeGently } from './gentle.close';
import { SECURITY_HEADERS } from './security.headers';

/** Reason phrases of the statuses that are answered here, below the framework. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request_timeout', 'The request did not arrive in time; send it again, faster.');
    case 'HPE_HEADER_OVERFLOW':
      return new Problem(
        'headers_too_large',
        'Address and headers together are larger than this server takes.',
      );
    default:
      return new Problem('invalid_request', 'This is not valid HTTP/1.1; the connection is closed.');
  }
}

/**
 * Answers what never became a request: malformed or oversized heads, requests that do not arrive.
 * The connection can not be trusted to be in step any more, so it is always closed.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (!isBeingAnswered(socket)) socket.write(rawProblem(problemOf(error.code)));
  closeGently(socket);
  socket.destroySoon();
}

/**
 * Whether a request of this connection has a status already, and cannot get another: the guard may refuse a head of which
 * the parser complains afterwards. Where Node's own handler looks, too.
 */
function isBeingAnswered(socket: Socket & { _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent ?? false;
}

/** A whole answer, behind which the connection is closed. */
export function rawProblem(problem: Problem): string {
  const { status } = PROBLEMS[problem.code];
  const body = JSON.stringify(problem.toDocument());
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    ...(status === 503 ? { 'retry-after': retryAfterOf(problem.code) } : {}),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n${head.join('')}\r\n${body}`;
}
