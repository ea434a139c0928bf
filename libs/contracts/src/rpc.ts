import { z } from 'zod';
import { IdempotencySchema } from './idempotency';
import { LanguageIdSchema, SubmissionIdSchema } from './ids';
import { InteractiveSchema } from './interactive';
import { LimitsSchema } from './limits';
import { ReplaySchema, ResultSchema } from './result';
import { SubmissionSchema } from './submission';
import { LinkSchema } from './url';
import { PayloadSchema } from './work';

/** One request/reply operation over NATS: its subject and both messages. */
export interface Rpc<Request extends z.ZodType, Reply extends z.ZodType> {
  readonly subject: string;
  readonly request: Request;
  readonly reply: Reply;
}

const rpc = <Request extends z.ZodType, Reply extends z.ZodType>(
  subject: string,
  request: Request,
  reply: Reply,
) => ({
  subject,
  request,
  reply,
});

const byId = z.object({ submission_id: SubmissionIdSchema });

/** SHA-256 of an owner token, hex; the token itself is never stored and never leaves the gateway. */
const OwnerTokenSha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const byOwner = byId.extend({ owner_token_sha256: OwnerTokenSha256Schema });
const done = z.object({});

/**
 * Stores a submission and queues its run. Doing it again with the same id, or with the same idempotency key,
 * changes nothing. Problems: queue_full, storage_full, too_many_unfinished, too_many_bytes, idempotency_key_reused.
 */
export const submissionCreate = rpc(
  'submission.create',
  z.object({
    submission_id: SubmissionIdSchema,
    language: LanguageIdSchema,
    payload: PayloadSchema,
    args: z.array(z.string()),
    compiler_args: z.array(z.string()),
    limits: LimitsSchema,
    interactive: InteractiveSchema.nullable().default(null),
    owner_token_sha256: OwnerTokenSha256Schema,
    /** Whose it is, as the gateway tells clients apart; absent: somebody who is not bounded. */
    client: z.string().min(1).max(64).optional(),
    idempotency: IdempotencySchema.optional(),
  }),
  z.object({
    submission_id: SubmissionIdSchema,
    created_at: z.iso.datetime(),
    /** The key was known: this is the submission that it made then. */
    replayed: IdempotencySchema.pick({ owner_token_salt: true }).optional(),
  }),
);

/**
 * Runs a submission once more, as a new one of the same owner, or answers null when it is gone: a final result
 * never changes, so what a fault of ours spoilt is not run again under its own id. Input is what came with it.
 * Doing it again with the same `repetition_id` changes nothing.
 */
export const submissionRepeat = rpc(
  'submission.repeat',
  byId.extend({ repetition_id: SubmissionIdSchema }),
  submissionCreate.reply.nullable(),
);

/** The submission with its code and input, or null. `language_version` is null here: only a run knows it. */
export const submissionGet = rpc('submission.get', byId, SubmissionSchema.nullable());

/** What a result that does not exist yet needs to know, without code and input; or null when there is no such submission. */
export const submissionSummary = rpc(
  'submission.summary',
  byId,
  z
    .object({
      submission_id: SubmissionIdSchema,
      language: LanguageIdSchema,
      created_at: z.iso.datetime(),
      /** Its final result has been known: when there is none, it is no longer kept. */
      finished: z.boolean().default(false),
    })
    .nullable(),
);

/** Answers when the token is that of the submission. Problems: submission_not_found, as for one that there is not. */
export const submissionAuthorize = rpc('submission.authorize', byOwner, done);

/**
 * Deletes a submission with all that any service holds of it. Answered when it is gone from here; what lies with a
 * service that is away goes when that is back. Problems: submission_not_found.
 */
export const submissionDelete = rpc('submission.delete', byOwner, done);

/** How many submissions have no final result yet, of each language that has any; counted at most once a second. */
export const submissionQueue = rpc(
  'submission.queue',
  z.object({}),
  z.object({
    unfinished: z.int(),
    /** Beyond it submitting is refused. */
    unfinished_max: z.int(),
    languages: z.array(
      z.object({
        language: LanguageIdSchema,
        unfinished: z.int(),
        /** When the longest unfinished one was accepted. */
        oldest_at: z.iso.datetime(),
      }),
    ),
  }),
);

/** Claim check of a runner: program and input, or null when the submission is gone. */
export const submissionPayload = rpc('submission.payload', byId, PayloadSchema.nullable());

/** The result as far as it is known, or null when nothing has been stored (queued, or no such submission). */
export const resultGet = rpc('result.get', byId, ResultSchema.nullable());

/** Which of these submissions have a final result: for the reconciler, and for a runner that got a message again. */
export const resultFinals = rpc(
  'result.finals',
  z.object({ submission_ids: z.array(SubmissionIdSchema).max(1000) }),
  z.object({ submission_ids: z.array(SubmissionIdSchema) }),
);

/** What is stored, or null: nothing is. */
export const resultReplay = rpc('result.replay', byId, ReplaySchema.nullable());

/** Forgets the result of a submission that was deleted, also one that is still to come. Idempotent. */
export const resultDelete = rpc('result.delete', byId, done);

/** Makes the link of a submission, or returns the one that the same submission and options already have. */
export const urlCreate = rpc(
  'url.create',
  z.object({ submission_id: SubmissionIdSchema, expires_in_seconds: z.int().nullable() }),
  z.object({ link: LinkSchema, created: z.boolean() }),
);

/** Looks a code up. Problems: link_not_found; link_gone, whose detail says whether it expired, was revoked or lost its submission. */
export const urlResolve = rpc('url.resolve', z.object({ code: z.string().max(64) }), LinkSchema);

/** Which of these submissions have a link that opens. */
export const urlLinked = rpc(
  'url.linked',
  z.object({ submission_ids: z.array(SubmissionIdSchema).max(1000) }),
  z.object({ submission_ids: z.array(SubmissionIdSchema) }),
);

/** Revokes one link. Problems: link_not_found, link_gone. */
export const urlRevoke = rpc('url.revoke', urlResolve.request, done);

/** Ends every link of a submission that was deleted. Idempotent. */
export const urlRetire = rpc('url.retire', byId, done);

/** Every service answers its own readiness at `health.<app>`. */
export const healthSubject = (app: string) => `health.${app}`;
export const HealthReplySchema = z.object({
  ok: z.boolean(),
  checks: z.record(z.string(), z.string()).meta({ description: 'Check → "ok" or what is wrong' }),
});
export type HealthReply = z.infer<typeof HealthReplySchema>;
