import { z } from 'zod';
import { SubmissionIdSchema } from './ids';
import { INPUT_SIGNALS, TerminalSizeSchema } from './interactive';
import { decodeBytes, EncodingSchema, isBase64 } from './text';
import { MESSAGE_VERSION } from './work';

/** What goes between a run and whoever follows it while it goes on. Core NATS: losable, the result is the record. */

const PickedAtSchema = z.iso.datetime().nullable().default(null);

const outputMessage = {
  v: z.literal(MESSAGE_VERSION),
  submission_id: SubmissionIdSchema,
  /** A higher one starts over: what came of the attempts before it is void. */
  attempt: z.int().min(1),
  /** When the runner took this attempt on; null: an earlier runner. */
  picked_at: PickedAtSchema,
  /** Counts the messages of one attempt from 0, over both streams. Where a number is missing, a message was lost. */
  seq: z.int().min(0),
};

/**
 * `output.<submission_id>`: a piece of what the program wrote. Characters are never cut in two: a piece is
 * base64 only when the bytes of its stream are not UTF-8 there.
 */
export const OutputChunkSchema = z.object({
  ...outputMessage,
  final: z.literal(false),
  /** Milliseconds from the start of the program to when the first byte of this was taken from it. */
  at_ms: z.number().nonnegative(),
  stream: z.enum(['stdout', 'stderr']),
  data: z.string(),
  encoding: EncodingSchema,
});
export type OutputChunk = z.infer<typeof OutputChunkSchema>;

/** `output.<submission_id>`, last of an attempt: no output follows, and `seq` pieces came before. */
export const OutputEndSchema = z.object({ ...outputMessage, final: z.literal(true) });
export type OutputEnd = z.infer<typeof OutputEndSchema>;

export const OutputMessageSchema = z.discriminatedUnion('final', [OutputChunkSchema, OutputEndSchema]);
export type OutputMessage = z.infer<typeof OutputMessageSchema>;

/** Most bytes of stdin in one message. */
export const MAX_INPUT_BYTES = 64 * 1024;

const v = z.literal(MESSAGE_VERSION);

/** `input.<submission_id>`: something for the run. Whoever asks instead of telling is answered with an InputReply. */
export const InputMessageSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({ v, kind: z.literal('stdin'), data: z.string(), encoding: EncodingSchema })
    .refine(({ data, encoding }) => encoding === 'utf-8' || isBase64(data), {
      error: 'is not canonical base64',
      path: ['data'],
    })
    .refine(({ data, encoding }) => decodeBytes({ content: data, encoding }).length <= MAX_INPUT_BYTES, {
      error: `is longer than ${MAX_INPUT_BYTES} bytes`,
      path: ['data'],
    }),
  /** No more input: stdin is closed, or what a terminal sends for it is typed. */
  z.strictObject({ v, kind: z.literal('eof') }),
  /** To the program's process group, or to the foreground one of its terminal. */
  z.strictObject({ v, kind: z.literal('signal'), signal: z.enum(INPUT_SIGNALS) }),
  z.strictObject({ v, kind: z.literal('resize'), ...TerminalSizeSchema.shape }),
  /** Ends the run, interactive or not; its status is `cancelled`. */
  z.strictObject({ v, kind: z.literal('cancel') }),
]);
export type InputMessage = z.infer<typeof InputMessageSchema>;

/**
 * `input.<submission_id>`, asked: what the run has written from a place on. The runner keeps it while the run goes on,
 * so that whoever comes late, or missed a message, reads what the others have heard. An attempt that is over by now is
 * answered with the present one from its beginning.
 */
export const OutputReadSchema = z.strictObject({
  v,
  kind: z.literal('read'),
  attempt: z.int().min(0),
  seq: z.int().min(0),
});
export type OutputRead = z.infer<typeof OutputReadSchema>;

/** About so many bytes of output come in one page; one piece always does. */
export const OUTPUT_PAGE_BYTES = 256 * 1024;

export const OutputPageSchema = z.object({
  /** The one that whoever answers is at. Lower than what was asked for: it has not noticed yet that it was given up. */
  attempt: z.int().min(1),
  picked_at: PickedAtSchema,
  /** In the order of `seq`, without a gap; none when nothing is there yet. */
  chunks: z.array(OutputChunkSchema),
  /** How many pieces there are by now; whoever has fewer asks again. */
  written: z.int().min(0),
  /** Nothing follows: the program has ended, and its result is on its way to be stored. */
  ended: z.boolean(),
});
export type OutputPage = z.infer<typeof OutputPageSchema>;

/** Why an input was not taken. `closed` also: the run is over. */
export const INPUT_REFUSALS = [
  'malformed',
  'not_interactive',
  'no_terminal',
  'queue_full',
  'closed',
] as const;
export type InputRefusal = (typeof INPUT_REFUSALS)[number];

/** `queue_full`: the program has not read what came before; nothing of this was taken, and it may be sent again. */
export const InputReplySchema = z.object({
  accepted: z.boolean(),
  reason: z.enum(INPUT_REFUSALS).nullable(),
});
export type InputReply = z.infer<typeof InputReplySchema>;
