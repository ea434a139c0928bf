import { z } from 'zod';
import { RunPositionSchema } from './follow.events';
import { IdempotencyKeySchema } from './idempotency';
import { LinkCodeSchema, SubmissionIdSchema } from './ids';
import { LanguagesResponseSchema } from './language';
import { EmbedShowSchema, EmbedThemeSchema, OEmbedPixelsSchema, OEmbedResponseSchema } from './embed';
import { FileNameSchema } from './submission';
import type { ProblemCode } from './problem';
import { ResultSchema, SharedResultSchema } from './result';
import { GetStatusResponseSchema } from './service.status';
import { SubmissionSchema, SubmitCodeRequestSchema, SubmitCodeResponseSchema } from './submission';
import { GenerateUrlRequestSchema, GenerateUrlResponseSchema, GetSubmissionResponseSchema } from './url';

/** Longest `?wait=`, in seconds. */
export const MAX_WAIT_SECONDS = 30;

export const WaitSecondsSchema = z.number().min(0).max(MAX_WAIT_SECONDS).meta({
  description: 'Seconds to hold the answer until the result is final; decimals are fine',
  example: 10,
});

/** submitCode with `?wait=`, when the result was final in time: the result, and what only the submitter gets. */
export const SubmitCodeFinishedResponseSchema = ResultSchema.extend({
  owner_token: SubmitCodeResponseSchema.shape.owner_token,
});
export type SubmitCodeFinishedResponse = z.infer<typeof SubmitCodeFinishedResponseSchema>;

export const AliveResponseSchema = z.object({ status: z.literal('ok') });

export const ReadinessResponseSchema = z.object({
  status: z.enum(['ok', 'unavailable']),
  checks: z.record(z.string(), z.string()).meta({ description: 'Check → "ok", or what is wrong' }),
  degraded: z
    .array(z.string())
    .meta({ description: 'Shared parts that stand in a weaker form than they should' }),
  runners: z.array(
    z.object({
      runner_id: z.string(),
      ready: z.boolean(),
      reason: z.string().nullable(),
      engine: z.string(),
      degraded: z.array(z.string()),
      languages: z.int().meta({ description: 'How many languages it offers' }),
      permits: z.object({ total: z.int(), free: z.int() }),
    }),
  ),
});
export type ReadinessResponse = z.infer<typeof ReadinessResponseSchema>;

/** One HTTP answer: JSON of the schema, or of the media type, either of both as is asked for, or without a body. */
export interface OperationAnswer {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One HTTP operation of the gateway. The OpenAPI document is generated from these and nothing else. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** OpenAPI form: `{name}` is a path parameter. */
  readonly path: string;
  readonly tag: 'submissions' | 'links' | 'languages' | 'pages' | 'service';
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
  /** Takes the owner token of the submission: `Authorization: Bearer <owner_token>`. */
  readonly byOwner?: boolean;
  readonly query?: Readonly<Record<string, z.ZodType>>;
  /** Request headers that it heeds, by name; none is required. */
  readonly headers?: Readonly<Record<string, z.ZodType>>;
  readonly body?: { readonly schema: z.ZodType; readonly required: boolean };
  readonly answers: Readonly<Record<number, OperationAnswer>>;
  readonly problems: readonly ProblemCode[];
}

const page = (description: string): OperationAnswer => ({ description, mediaType: 'text/html' });
const linkPages = (description: string): Readonly<Record<number, OperationAnswer>> => ({
  200: page(description),
  404: page('There is no such link'),
  410: page('The link has expired, was revoked, or its submission was deleted'),
  503: page('A part of the service is not reachable'),
});
const download: OperationAnswer = {
  description: 'The bytes, as text or, where they are none, as application/octet-stream',
  mediaType: 'text/plain',
  headers: { 'Content-Disposition': 'Its name; always an attachment' },
};
const linkProblems = [
  'link_not_found',
  'link_gone',
  'too_many_requests',
  'overloaded',
  'unavailable',
] as const;
const submissionId = { submission_id: SubmissionIdSchema };
const linkCode = { code: LinkCodeSchema };
const wait = { wait: WaitSecondsSchema.optional() };
const bodyProblems = [
  'malformed_json',
  'invalid_request',
  'body_too_large',
  'unsupported_media_type',
  'request_timeout',
  'origin_not_allowed',
  'too_many_requests',
  'overloaded',
] as const;
const submitHeaders = {
  Location: 'Address of the submission',
  'Idempotency-Replayed': '`true`: it was accepted before, by the same Idempotency-Key',
  'RateLimit-Policy':
    'How fast you may send (draft-ietf-httpapi-ratelimit-headers-10); absent where nobody counts',
  RateLimit: 'What is left of it',
};

/** Every HTTP operation, by its operationId, which is the name of the gateway's method and of the SDKs' too. */
export const OPERATIONS = {
  submitCode: {
    method: 'POST',
    path: '/v1/submissions',
    tag: 'submissions',
    summary: 'Submit a program to be run',
    description:
      'Give `code`, or `files` of which the first is the entry. A submission that was answered 201 or 200 is never lost. ' +
      'With an `Idempotency-Key` it may be sent again, whatever came of it: it runs once. With `Accept: text/event-stream` ' +
      'the answer is the run itself: an event `accepted`, whose data are what the answer would have been, and behind it the ' +
      'events of followRun. Where too many follow runs already the answer is JSON all the same.',
    query: wait,
    headers: { 'Idempotency-Key': IdempotencyKeySchema },
    body: { schema: SubmitCodeRequestSchema, required: true },
    answers: {
      200: {
        description: 'With `wait`: the result was final in time',
        schema: SubmitCodeFinishedResponseSchema,
        headers: submitHeaders,
      },
      201: {
        description: 'Accepted and queued',
        schema: SubmitCodeResponseSchema,
        mediaType: 'text/event-stream',
        headers: submitHeaders,
      },
    },
    problems: [
      ...bodyProblems,
      'unknown_language',
      'language_unavailable',
      'limit_above_cap',
      'compiler_arg_refused',
      'idempotency_key_reused',
      'too_many_unfinished',
      'too_many_bytes',
      'queue_full',
      'storage_full',
      'unavailable',
    ],
  },
  readSubmission: {
    method: 'GET',
    path: '/v1/submissions/{submission_id}',
    tag: 'submissions',
    summary: 'Read a submission back, byte for byte',
    parameters: submissionId,
    answers: { 200: { description: 'The submission', schema: SubmissionSchema } },
    problems: ['invalid_id', 'invalid_request', 'submission_not_found', 'overloaded', 'unavailable'],
  },
  deleteSubmission: {
    method: 'DELETE',
    path: '/v1/submissions/{submission_id}',
    tag: 'submissions',
    summary: 'Delete a submission, its result and its links',
    description:
      'A run that is going on is cancelled. Afterwards there is no such submission, and its links are gone.',
    parameters: submissionId,
    byOwner: true,
    answers: { 204: { description: 'Deleted' } },
    problems: [
      'invalid_id',
      'invalid_request',
      'origin_not_allowed',
      'too_many_requests',
      'owner_token_missing',
      'submission_not_found',
      'unavailable',
    ],
  },
  getResult: {
    method: 'GET',
    path: '/v1/submissions/{submission_id}/result',
    tag: 'submissions',
    summary: 'Get the result of a submission',
    description: 'While the run is not final, `status` is `queued` or `running` and `message` says so.',
    parameters: submissionId,
    query: wait,
    answers: { 200: { description: 'The result as far as it is known', schema: ResultSchema } },
    problems: [
      'invalid_id',
      'invalid_request',
      'submission_not_found',
      'result_gone',
      'too_many_waits',
      'overloaded',
      'unavailable',
    ],
  },
  followRun: {
    method: 'GET',
    path: '/v1/submissions/{submission_id}/events',
    tag: 'submissions',
    summary: 'Follow a run: its status and its output, as they come',
    description:
      'Server-sent events; their `data` are JSON: `status`, `output`, and `finished` at last. Goes on behind the event that ' +
      '`Last-Event-ID` names, or `after`, also with another server, and tells a run that is over in the same events.',
    parameters: submissionId,
    query: { after: RunPositionSchema.optional() },
    headers: { 'Last-Event-ID': RunPositionSchema },
    answers: {
      200: { description: 'The events, up to `finished`', mediaType: 'text/event-stream' },
      204: { description: 'You have them all' },
    },
    problems: [
      'invalid_id',
      'invalid_request',
      'submission_not_found',
      'result_gone',
      'too_many_watches',
      'overloaded',
      'unavailable',
    ],
  },
  openRunSocket: {
    method: 'GET',
    path: '/v1/run',
    tag: 'submissions',
    summary: 'Run a program that can be typed into, over a WebSocket',
    description:
      'Submits a program whose input stays open, or attaches to a run; then input, signals and sizes go in, and the events ' +
      'of followRun come out, each as JSON with a `type`; getAsyncApi describes them. The run ends with the socket unless it is ' +
      '`detached`.',
    answers: { 101: { description: 'The WebSocket is open' } },
    problems: [
      'invalid_request',
      'origin_not_allowed',
      'upgrade_required',
      'too_many_sockets',
      'overloaded',
      'unavailable',
    ],
  },
  generateUrl: {
    method: 'POST',
    path: '/v1/submissions/{submission_id}/url',
    tag: 'links',
    summary: 'Make the short link of a submission',
    description: 'The same submission and options give the same link again.',
    parameters: submissionId,
    body: { schema: GenerateUrlRequestSchema, required: false },
    answers: {
      200: { description: 'The link that there was already', schema: GenerateUrlResponseSchema },
      201: {
        description: 'A new link',
        schema: GenerateUrlResponseSchema,
        headers: { Location: 'The link' },
      },
    },
    problems: [...bodyProblems, 'invalid_id', 'submission_not_found', 'unavailable'],
  },
  getSubmission: {
    method: 'GET',
    path: '/v1/urls/{code}',
    tag: 'links',
    summary: 'Open a link: the submission and its result',
    description: 'The answer names neither by its id: when the link ends, so does what it gave access to.',
    parameters: linkCode,
    answers: { 200: { description: 'What the link shows', schema: GetSubmissionResponseSchema } },
    problems: ['invalid_request', 'link_not_found', 'link_gone', 'overloaded', 'unavailable'],
  },
  revokeUrl: {
    method: 'DELETE',
    path: '/v1/urls/{code}',
    tag: 'links',
    summary: 'Revoke a link',
    description: 'With the owner token of its submission, which stays. The next link of it has another code.',
    parameters: linkCode,
    byOwner: true,
    answers: { 204: { description: 'Revoked' } },
    problems: [
      'invalid_request',
      'origin_not_allowed',
      'too_many_requests',
      'owner_token_missing',
      'link_not_found',
      'link_gone',
      'unavailable',
    ],
  },
  getSharedResult: {
    method: 'GET',
    path: '/v1/urls/{code}/result',
    tag: 'links',
    summary: 'Get the result that a link shows',
    description:
      'As getResult, without the id. A link that ends while the answer is held back is answered 410.',
    parameters: linkCode,
    query: wait,
    answers: { 200: { description: 'The result as far as it is known', schema: SharedResultSchema } },
    problems: ['invalid_request', ...linkProblems, 'result_gone', 'too_many_waits'],
  },
  followSharedRun: {
    method: 'GET',
    path: '/v1/urls/{code}/events',
    tag: 'links',
    summary: 'Follow the run that a link shows',
    description:
      'The server-sent events of followRun, without the id of the submission. They end within seconds of the link: whoever ' +
      'asks again is answered 410.',
    parameters: linkCode,
    query: { after: RunPositionSchema.optional() },
    headers: { 'Last-Event-ID': RunPositionSchema },
    answers: {
      200: { description: 'The events, up to `finished`', mediaType: 'text/event-stream' },
      204: { description: 'You have them all' },
    },
    problems: ['invalid_request', ...linkProblems, 'result_gone', 'too_many_watches'],
  },
  listLanguages: {
    method: 'GET',
    path: '/v1/languages',
    tag: 'languages',
    summary: 'List the languages',
    answers: { 200: { description: 'Every known language', schema: LanguagesResponseSchema } },
    problems: ['invalid_request'],
  },
  openSharePage: {
    method: 'GET',
    path: '/s/{code}',
    tag: 'links',
    summary: 'Show what a link holds to a person',
    parameters: linkCode,
    answers: linkPages('Code, input and output'),
    problems: ['too_many_requests', 'overloaded'],
  },
  readRaw: {
    method: 'GET',
    path: '/s/{code}/raw',
    tag: 'links',
    summary: 'Download the entry file of a link, byte for byte',
    parameters: linkCode,
    answers: { 200: download },
    problems: linkProblems,
  },
  readRawFile: {
    method: 'GET',
    path: '/s/{code}/raw/{file}',
    tag: 'links',
    summary: 'Download a file of a link by its name',
    description:
      'The name as it was submitted, slashes and all; what an address can not hold is percent-encoded.',
    parameters: { ...linkCode, file: FileNameSchema },
    answers: { 200: download },
    problems: [...linkProblems, 'not_found'],
  },
  readOutput: {
    method: 'GET',
    path: '/s/{code}/output',
    tag: 'links',
    summary: 'Download what the program of a link wrote to stdout, byte for byte',
    parameters: linkCode,
    answers: { 200: download },
    problems: [...linkProblems, 'result_gone', 'result_not_final'],
  },
  downloadZip: {
    method: 'GET',
    path: '/s/{code}/zip',
    tag: 'links',
    summary: 'Download files, input and output of a link',
    parameters: linkCode,
    answers: { 200: { description: 'The archive', mediaType: 'application/zip' } },
    problems: linkProblems,
  },
  getCard: {
    method: 'GET',
    path: '/s/{code}/card.png',
    tag: 'links',
    summary: 'A picture of what a link shows, for those who show the link elsewhere',
    description: '1200 by 630 pixels, as `og:image`.',
    parameters: linkCode,
    answers: { 200: { description: 'The picture', mediaType: 'image/png' } },
    problems: linkProblems,
  },
  openEmbed: {
    method: 'GET',
    path: '/embed/{code}',
    tag: 'links',
    summary: 'Show what a link holds within a page of somebody else',
    description: 'For an iframe; the only page here that others may frame.',
    parameters: linkCode,
    query: { theme: EmbedThemeSchema.optional(), show: EmbedShowSchema.optional() },
    answers: linkPages('Code and output'),
    problems: ['invalid_request', 'too_many_requests', 'overloaded'],
  },
  getOEmbed: {
    method: 'GET',
    path: '/oembed',
    tag: 'links',
    summary: 'Tell how to show a link elsewhere (oembed.com)',
    query: {
      url: z.string().meta({ description: 'The link', example: 'http://localhost:3000/s/33S5g85vOYEV' }),
      format: z.string().optional().meta({ description: 'json, the only one that is offered' }),
      maxwidth: OEmbedPixelsSchema.optional(),
      maxheight: OEmbedPixelsSchema.optional(),
    },
    answers: { 200: { description: 'An iframe, and what is in it', schema: OEmbedResponseSchema } },
    problems: [
      'invalid_request',
      'not_found',
      'link_not_found',
      'link_gone',
      'too_many_requests',
      'format_not_offered',
      'unavailable',
    ],
  },
  checkAlive: {
    method: 'GET',
    path: '/healthz',
    tag: 'service',
    summary: 'Whether the gateway answers',
    answers: { 200: { description: 'It does', schema: AliveResponseSchema } },
    problems: [],
  },
  checkReady: {
    method: 'GET',
    path: '/readyz',
    tag: 'service',
    summary: 'Whether the whole path works: broker, services, a runner',
    answers: {
      200: { description: 'Ready', schema: ReadinessResponseSchema },
      503: { description: 'Not ready; `checks` says what is wrong', schema: ReadinessResponseSchema },
    },
    problems: [],
  },
  getStatus: {
    method: 'GET',
    path: '/v1/status',
    tag: 'service',
    summary: 'How the service is doing: its parts, what waits, how fast runs come back',
    description:
      'Made at most once a second, and 200 also while parts are down: `status` and `services` say so.',
    answers: { 200: { description: 'The status', schema: GetStatusResponseSchema } },
    problems: ['invalid_request'],
  },
  readMetrics: {
    method: 'GET',
    path: '/metrics',
    tag: 'service',
    summary: 'Figures for a Prometheus server of the operator',
    description:
      'Answered to the networks that the operator has named only; by default, to programs on the same machine.',
    answers: {
      200: { description: 'The figures, in the text format of Prometheus', mediaType: 'text/plain' },
    },
    problems: ['not_found'],
  },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    tag: 'service',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
    problems: [],
  },
  getAsyncApi: {
    method: 'GET',
    path: '/asyncapi.json',
    tag: 'service',
    summary: 'The messages of openRunSocket and the events of followRun',
    answers: { 200: { description: 'AsyncAPI 3.0', schema: z.record(z.string(), z.unknown()) } },
    problems: [],
  },
  openDocs: {
    method: 'GET',
    path: '/docs',
    tag: 'service',
    summary: 'This document as a page to try things on',
    answers: { 200: page('The page') },
    problems: [],
  },
  openProblemDocs: {
    method: 'GET',
    path: '/docs/problems',
    tag: 'service',
    summary: 'Every kind of problem; the `type` of a problem points here',
    answers: { 200: page('The page') },
    problems: [],
  },
  getDocsAsset: {
    method: 'GET',
    path: '/docs/{asset}',
    tag: 'service',
    summary: 'A file of the documentation page',
    parameters: { asset: z.string() },
    answers: { 200: { description: 'The file', mediaType: '*/*' } },
    problems: ['not_found'],
  },
  openEditor: {
    method: 'GET',
    path: '/',
    tag: 'pages',
    summary: 'The editor: write a program, run it, share it',
    answers: { 200: page('The page') },
    problems: ['not_found'],
  },
  openStatus: {
    method: 'GET',
    path: '/status',
    tag: 'pages',
    summary: 'How the service is doing, for those who operate it',
    answers: { 200: page('The page') },
    problems: ['not_found'],
  },
  getWebAsset: {
    method: 'GET',
    path: '/assets/{asset}',
    tag: 'pages',
    summary: 'A file of the pages; its name changes with what is in it',
    parameters: { asset: z.string() },
    answers: { 200: { description: 'The file', mediaType: '*/*' } },
    problems: ['not_found'],
  },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;
