import { z } from 'zod';
import { INPUT_SIGNALS, TerminalSizeSchema } from './interactive';
import { SubmissionIdSchema } from './ids';
import { INPUT_REFUSALS, MAX_INPUT_BYTES } from './live';
import { FollowEventSchema, RunPositionSchema } from './follow.events';
import { SubmitCodeRequestSchema, SubmitCodeResponseSchema } from './submission';
import { EncodingSchema } from './text';

/**
 * `WS /v1/run`: one run on one socket. The first message is `run` or `attach`; then input goes in and events come out. Text
 * frames hold one JSON object each; a binary frame from the client is stdin, byte for byte.
 */

/** Submits a program whose stdin stays open, and follows it. */
export const RunMessageSchema = z.strictObject({
  type: z.literal('run'),
  submission: SubmitCodeRequestSchema,
  /** stdin, stdout and stderr are a terminal of this size; null: pipes. */
  terminal: TerminalSizeSchema.nullable().default(null),
  /** The run goes on when the socket closes; else it is cancelled. */
  detached: z.boolean().default(false),
});

/** Follows a run that there is already, from behind `after`. Only its owner may send it input. */
export const AttachMessageSchema = z.strictObject({
  type: z.literal('attach'),
  submission_id: SubmissionIdSchema,
  owner_token: z.string().max(128).optional(),
  after: RunPositionSchema.optional(),
});

export const ClientMessageSchema = z.discriminatedUnion('type', [
  RunMessageSchema,
  AttachMessageSchema,
  z.strictObject({
    type: z.literal('stdin'),
    data: z.string().max(2 * MAX_INPUT_BYTES),
    encoding: EncodingSchema.default('utf-8'),
  }),
  z.strictObject({ type: z.literal('eof') }),
  z.strictObject({ type: z.literal('signal'), signal: z.enum(INPUT_SIGNALS) }),
  z.strictObject({ type: z.literal('resize'), ...TerminalSizeSchema.shape }),
  z.strictObject({ type: z.literal('cancel') }),
]);
export type ClientMessage = z.infer<typeof ClientMessageSchema>;

/** Answer to `run`: it is stored, and will end. */
export const AcceptedMessageSchema = SubmitCodeResponseSchema.extend({ type: z.literal('accepted') });

/** Why input was not taken. `unanswered`: it may have been, but nobody said so. */
export const InputRefusedReasonSchema = z.enum([...INPUT_REFUSALS, 'not_owner', 'unanswered']);
export type InputRefusedReason = z.infer<typeof InputRefusedReasonSchema>;

/** Input that was not taken; what comes later may be. */
export const RefusedMessageSchema = z.object({
  type: z.literal('input_refused'),
  reason: InputRefusedReasonSchema,
});

/** The last message before the socket closes by our doing: an RFC 9457 problem, as HTTP would have answered it. */
export const ProblemMessageSchema = z.object({
  type: z.literal('problem'),
  problem: z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
  }),
});

export const ServerMessageSchema = z.union([
  AcceptedMessageSchema,
  FollowEventSchema,
  RefusedMessageSchema,
  ProblemMessageSchema,
]);
export type ServerMessage = z.infer<typeof ServerMessageSchema>;
