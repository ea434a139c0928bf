import type { LanguagesResponse } from '@runbin/contracts/language';
import type { GetStatusResponse } from '@runbin/contracts/service.status';
import type { Submission, SubmitCodeRequest, SubmitCodeResponse } from '@runbin/contracts/submission';
import type { GenerateUrlResponse, GetSubmissionResponse } from '@runbin/contracts/url';
import type { Result, SharedResult } from '@runbin/contracts/result';
import { patiently } from './patience';
import { type ApiError, errorOf, unreachable } from './problem';

/** What a submission is sent as: defaults may be left out. */
export type NewSubmission = Pick<SubmitCodeRequest, 'language'> & Partial<SubmitCodeRequest>;

/** How often, and at most how long apart, something is asked again that a server could not do just now. */
const TRIES = 4;
const LONGEST_WAIT_S = 30;
const WORTH_ANOTHER_TRY = [429, 503];

interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly ownerToken?: string;
  readonly signal?: AbortSignal | undefined;
  /** How long each try may take until its answer begins. */
  readonly patienceMs?: number;
  /** Told before it is asked again, which is after `retryAfterS`. */
  readonly onPause?: ((error: ApiError) => void) | undefined;
}

/**
 * The HTTP operations, by their names in the API. All of them throw ApiError; an aborted signal throws what it was
 * aborted with.
 */
export const api = {
  listLanguages(signal?: AbortSignal): Promise<LanguagesResponse> {
    return ask('/v1/languages', { signal });
  },

  getStatus(signal?: AbortSignal): Promise<GetStatusResponse> {
    return ask('/v1/status', { signal });
  },

  /** @param key of its own: makes it safe to send again */
  submitCode(submission: NewSubmission, key: string, call: SubmitCall = {}): Promise<SubmitCodeResponse> {
    return ask('/v1/submissions', submitting(submission, { 'idempotency-key': key }, call));
  },

  /** As submitCode, and its answer goes on with the events of the run. Servers before this could not, and answer JSON. */
  submitForEvents(submission: NewSubmission, key: string, call: SubmitCall = {}): Promise<Response> {
    const headers = { 'idempotency-key': key, accept: 'text/event-stream, application/json;q=0.9' };
    return answerTo('/v1/submissions', submitting(submission, headers, call));
  },

  readSubmission(submissionId: string, signal?: AbortSignal): Promise<Submission> {
    return ask(`/v1/submissions/${submissionId}`, { signal });
  },

  /** @param waitS seconds for which the answer may be held back until it is final; at most 30 */
  getResult(submissionId: string, signal?: AbortSignal, waitS = 0): Promise<Result> {
    const wait = waitS === 0 ? '' : `?wait=${waitS}`;
    return ask(`/v1/submissions/${submissionId}/result${wait}`, { signal });
  },

  /** As getResult, of what a link shows. */
  getSharedResult(code: string, signal?: AbortSignal, waitS = 0): Promise<SharedResult> {
    const wait = waitS === 0 ? '' : `?wait=${waitS}`;
    return ask(`/v1/urls/${encodeURIComponent(code)}/result${wait}`, { signal });
  },

  deleteSubmission(submissionId: string, ownerToken: string): Promise<void> {
    return ask(`/v1/submissions/${submissionId}`, { method: 'DELETE', ownerToken });
  },

  /** @param expiresInSeconds null: never */
  generateUrl(submissionId: string, expiresInSeconds: number | null): Promise<GenerateUrlResponse> {
    const body = { expires_in_seconds: expiresInSeconds };
    return ask(`/v1/submissions/${submissionId}/url`, { method: 'POST', body });
  },

  getSubmission(code: string, signal?: AbortSignal): Promise<GetSubmissionResponse> {
    return ask(`/v1/urls/${encodeURIComponent(code)}`, { signal });
  },

  revokeUrl(code: string, ownerToken: string): Promise<void> {
    return ask(`/v1/urls/${encodeURIComponent(code)}`, { method: 'DELETE', ownerToken });
  },
};

type SubmitCall = Pick<Call, 'signal' | 'onPause' | 'patienceMs'>;

const submitting = (body: NewSubmission, headers: Record<string, string>, call: SubmitCall): Call => ({
  ...{ method: 'POST', body, headers },
  ...call,
});

async function ask<Answer>(path: string, call: Call = {}): Promise<Answer> {
  const response = await answerTo(path, call);
  return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer);
}

/** @returns an answer that is a success */
async function answerTo(path: string, call: Call): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const response = await send(path, call);
    if (response.ok) return response;
    const error = await errorOf(response);
    if (tries === TRIES || !isWorthAnotherTry(error)) throw error;
    call.onPause?.(error);
    await pause((error.retryAfterS ?? 0) * 1000, call.signal);
  }
}

async function send(path: string, call: Call): Promise<Response> {
  const { method = 'GET', body, headers, ownerToken, signal, patienceMs = Infinity } = call;
  const init: RequestInit = {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ownerToken === undefined ? {} : { authorization: `Bearer ${ownerToken}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  try {
    return await patiently(patienceMs, signal, (signal) => fetch(path, { ...init, signal }));
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable();
  }
}

function isWorthAnotherTry({ status, retryAfterS }: ApiError): boolean {
  return WORTH_ANOTHER_TRY.includes(status) && retryAfterS !== undefined && retryAfterS <= LONGEST_WAIT_S;
}

/** @throws what the signal was aborted with */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
