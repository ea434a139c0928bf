import type { ProblemCode, ProblemDocument } from '@runbin/contracts/problem';

/** Why a request came to nothing, in words for the person who made it. */
export class ApiError extends Error {
  /**
   * @param code of the problem document; `unreachable` when no answer came, `unknown` when it was none of ours
   * @param retryAfterS seconds that the server asks us to wait; undefined when it says nothing
   */
  constructor(
    readonly code: ProblemCode | 'unreachable' | 'unknown',
    message: string,
    readonly status: number,
    readonly retryAfterS?: number,
  ) {
    super(message);
  }
}

export function unreachable(): ApiError {
  return new ApiError('unreachable', 'The server can not be reached. Is the connection there?', 0);
}

/** What to tell a person of whatever was thrown. */
export const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What an answer that is no success says. */
export async function errorOf(response: Response): Promise<ApiError> {
  const retryAfterS = secondsOf(response.headers.get('retry-after'));
  const problem = await problemOf(response);
  if (!problem) {
    return new ApiError('unknown', `The server answered ${response.status}.`, response.status, retryAfterS);
  }
  return new ApiError(problem.code, sentenceOf(problem), response.status, retryAfterS);
}

async function problemOf(response: Response): Promise<ProblemDocument | undefined> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  try {
    return (await response.json()) as ProblemDocument;
  } catch {
    return undefined;
  }
}

/** The detail, and what is wrong with each part of the body. */
export function sentenceOf({ detail, title, errors = [] }: ProblemDocument): string {
  const parts = errors.map((error) => `${error.pointer.slice(1) || 'body'}: ${error.detail}`);
  return [detail || `${title}.`, ...parts.filter((part) => !detail.includes(part))].join(' ');
}

/** Seconds of a Retry-After header, which may hold a date instead. */
export function secondsOf(header: string | null, now = Date.now()): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const moment = Date.parse(header);
  return Number.isNaN(moment) ? undefined : Math.max(0, Math.ceil((moment - now) / 1000));
}
