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

export const RunMessageSchema = z
  .strictObject({
    type: z.literal('run'),
    submission: SubmitCodeRequestSchema,
    terminal: TerminalSizeSchema.nullable()
      .default(null)
      .meta({ description: 'stdin, stdout and stderr are a terminal of this size; null: pipes' }),
    detached: z
      .boolean()
      .default(false)
      .meta({ description: 'The run goes on when the socket closes; else it is cancelled' }),
  })
  .meta({ description: 'First message: submits a program whose stdin stays open, and follows it' });

export const AttachMessageSchema = z
  .strictObject({
    type: z.literal('attach'),
    submission_id: SubmissionIdSchema,
    owner_token: z
      .string()
      .max(128)
      .optional()
      .meta({ description: 'Only the owner may send it input, or cancel it' }),
    after: RunPositionSchema.optional(),
  })
  .meta({ description: 'First message: follows a run that there is already, from behind after' });

export const StdinMessageSchema = z
  .strictObject({
    type: z.literal('stdin'),
    data: z.string().max(2 * MAX_INPUT_BYTES),
    encoding: EncodingSchema.default('utf-8'),
  })
  .meta({ description: 'Input for the program; bytes can also come as a binary frame, as they are' });

export const EofMessageSchema = z
  .strictObject({ type: z.literal('eof') })
  .meta({ description: 'No more input: stdin is closed, or what a terminal sends for it is typed' });

export const SignalMessageSchema = z
  .strictObject({ type: z.literal('signal'), signal: z.enum(INPUT_SIGNALS) })
  .meta({ description: "To the program's process group, or to the foreground one of its terminal" });

export const ResizeMessageSchema = z
  .strictObject({ type: z.literal('resize'), ...TerminalSizeSchema.shape })
  .meta({ description: 'The terminal has another size' });

export const CancelMessageSchema = z
  .strictObject({ type: z.literal('cancel') })
  .meta({ description: 'Ends the run; its status is cancelled' });

export const ClientMessageSchema = z.discriminatedUnion('type', [
  RunMessageSchema,
  AttachMessageSchema,
  StdinMessageSchema,
  EofMessageSchema,
  SignalMessageSchema,
  ResizeMessageSchema,
  CancelMessageSchema,
]);
export type ClientMessage = z.infer<typeof ClientMessageSchema>;

export const AcceptedMessageSchema = SubmitCodeResponseSchema.extend({ type: z.literal('accepted') }).meta({
  description: 'Answer to run: it is stored, and will end',
});
export type AcceptedMessage = z.infer<typeof AcceptedMessageSchema>;

export const InputRefusedReasonSchema = z
  .enum([...INPUT_REFUSALS, 'not_owner', 'unanswered'])
  .meta({ description: 'Why; unanswered: it may have been taken, but nobody said so' });
export type InputRefusedReason = z.infer<typeof InputRefusedReasonSchema>;

export const RefusedMessageSchema = z
  .object({ type: z.literal('input_refused'), reason: InputRefusedReasonSchema })
  .meta({ description: 'Input that was not taken; what comes later may be' });

export const ProblemMessageSchema = z
  .object({
    type: z.literal('problem'),
    problem: z.object({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      code: z.string(),
      detail: z.string(),
    }),
  })
  .meta({
    description: 'Last message before the server closes: an RFC 9457 problem, as HTTP would have answered it',
  });

export const ServerMessageSchema = z.union([
  AcceptedMessageSchema,
  FollowEventSchema,
  RefusedMessageSchema,
  ProblemMessageSchema,
]);
export type ServerMessage = z.infer<typeof ServerMessageSchema>;

/** Codes that the server closes with: RFC 6455, 7.4.1, and the registry of close codes. */
export const CLOSE = {
  finished: 1000,
  goingAway: 1001,
  protocol: 1002,
  notText: 1007,
  policy: 1008,
  tooBig: 1009,
  fault: 1011,
  tryAgain: 1013,
} as const;

export const CLOSE_MEANINGS: Readonly<Record<keyof typeof CLOSE, string>> = {
  finished: 'The run is over, and all of it was told',
  goingAway: 'The server stops; attach elsewhere',
  protocol: 'A frame is malformed',
  notText: 'A text frame is not UTF-8',
  policy: 'What you sent is refused, or more than may be sent; a problem may say why',
  tooBig: 'A message is too large, or in too many frames',
  fault: 'Something went wrong here',
  tryAgain: 'There is no room, or you read too slowly; try again, or attach again',
};
