import { z } from 'zod';

/**
 * Every way a request can be refused: stable code → HTTP status and title. Errors are RFC 9457 problem
 * documents; `detail` says what to change.
 */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_request: { status: 400, title: 'The request does not have the documented form' },
  invalid_id: { status: 400, title: 'The id is malformed' },
  owner_token_missing: { status: 401, title: 'This needs the owner token of the submission' },
  origin_not_allowed: { status: 403, title: 'A page of this origin may not do that' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  submission_not_found: { status: 404, title: 'There is no such submission' },
  link_not_found: { status: 404, title: 'There is no such link' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  result_not_final: { status: 409, title: 'The run is not over yet' },
  idempotency_key_reused: { status: 409, title: 'The idempotency key belongs to another request' },
  result_gone: { status: 410, title: 'The result is no longer kept' },
  link_gone: { status: 410, title: 'The link shows nothing any more' },
  body_too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  misdirected_request: { status: 421, title: 'This server is not known by that host' },
  unknown_language: { status: 422, title: 'The language is not known' },
  language_unavailable: { status: 422, title: 'No runner offers this language' },
  limit_above_cap: { status: 422, title: 'A limit is above what this server allows' },
  compiler_arg_refused: { status: 422, title: 'A compiler argument is not on the allow-list' },
  upgrade_required: { status: 426, title: 'This address takes WebSockets only' },
  too_many_requests: { status: 429, title: 'You send requests faster than this server lets you' },
  too_many_unfinished: { status: 429, title: 'Too many of your submissions are not finished yet' },
  too_many_bytes: { status: 429, title: 'You have submitted as much as one day has room for' },
  too_many_waits: { status: 429, title: 'You wait for too many results at one time' },
  too_many_watches: { status: 429, title: 'You follow too many runs at one time' },
  too_many_sockets: { status: 429, title: 'You have too many sockets open' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something broke on our side' },
  format_not_offered: { status: 501, title: 'The format is not offered' },
  unavailable: { status: 503, title: 'A part of the service is not reachable' },
  overloaded: { status: 503, title: 'This server has too much in hand' },
  queue_full: { status: 503, title: 'The queue is full' },
  storage_full: { status: 503, title: 'There is no room to store more' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

export const ProblemSchema = z.object({
  type: z.string().meta({ description: 'URI reference of the kind of problem' }),
  title: z.string(),
  status: z.int(),
  code: z.enum(PROBLEM_CODES),
  detail: z.string(),
  instance: z.string().optional(),
  errors: z
    .array(
      z.object({
        pointer: z.string().meta({ description: 'JSON pointer into the body' }),
        detail: z.string(),
      }),
    )
    .optional(),
});
export type ProblemDocument = z.infer<typeof ProblemSchema>;
