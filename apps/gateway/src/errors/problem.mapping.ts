import { HttpException } from '@nestjs/common';
import type { ProblemCode } from '@runbin/contracts/problem';
import { Problem } from '@runbin/platform/problem';

/** What the framework refuses by itself, by status: our code for it, and what to change. */
const OF_STATUS: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  400: ['invalid_request', 'The request could not be read; send it as the documentation shows.'],
  404: ['not_found', 'There is nothing at this address; GET /docs shows what there is.'],
  408: ['request_timeout', 'The request did not arrive in time; send it again.'],
  413: ['body_too_large', 'The body is larger than this server takes.'],
  414: ['uri_too_long', 'The address is longer than this server takes.'],
  415: ['unsupported_media_type', 'Send the body as application/json in UTF-8.'],
  431: ['headers_too_large', 'The headers are larger than this server takes.'],
};

/** Any thrown thing as a Problem. What nobody foresaw is `internal`, and says nothing of its inside. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const known = OF_STATUS[statusOf(error) ?? 500];
  if (known) return new Problem(...known, undefined, { cause: error });
  return new Problem('internal', 'Something broke on our side; try again.', undefined, { cause: error });
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  // Errors of Fastify carry the status that they stand for.
  if (typeof error === 'object' && error !== null && 'statusCode' in error) return Number(error.statusCode);
  return undefined;
}
