import { z } from 'zod';
import { LanguageIdSchema, SubmissionIdSchema } from './ids';
import { InteractiveSchema } from './interactive';
import { LimitsSchema } from './limits';
import { OutcomeSchema, OutputLogSchema, type Replay } from './result';
import { FINAL_STATUSES } from './status';
import { EncodingSchema } from './text';

/** Schema version of messages that outlive a deploy. A reader that meets another version naks: a newer reader will take it. */
export const MESSAGE_VERSION = 1;

/** Payloads up to this many bytes ride in the message; larger ones are a claim check on the submission DB. */
export const INLINE_PAYLOAD_BYTES = 64 * 1024;

/** Program and input, as the runner needs them. */
export const PayloadSchema = z.object({
  files: z.array(z.object({ name: z.string(), content: z.string(), encoding: EncodingSchema })).min(1),
  stdin: z.object({ content: z.string(), encoding: EncodingSchema }),
});
export type Payload = z.infer<typeof PayloadSchema>;

/** Command, JetStream `work.<language>.<submission_id>`: run this submission. */
export const ExecuteRunSchema = z.object({
  v: z.literal(MESSAGE_VERSION),
  submission_id: SubmissionIdSchema,
  /** Counts dispatches by the submission service: 1, and one more each time the reconciler sends it again. */
  dispatch: z.int().min(1),
  language: LanguageIdSchema,
  args: z.array(z.string()),
  compiler_args: z.array(z.string()),
  limits: LimitsSchema,
  queued_at: z.iso.datetime(),
  /** null: a claim check; ask `submission.payload`. */
  payload: PayloadSchema.nullable(),
  /** null: input is what came with the submission, and ends there. */
  interactive: InteractiveSchema.nullable().default(null),
});
export type ExecuteRun = z.infer<typeof ExecuteRunSchema>;

const runEvent = {
  v: z.literal(MESSAGE_VERSION),
  submission_id: SubmissionIdSchema,
  attempt: z.int().min(1),
  runner_id: z.string(),
  language: LanguageIdSchema,
  language_version: z.string().nullable(),
  queued_at: z.iso.datetime(),
  /** When the runner took the work on; null: an earlier runner, which says it by `started_at`. */
  picked_at: z.iso.datetime().nullable().default(null),
  /** When the program was let go; as long as it is not, when the work was taken on. */
  started_at: z.iso.datetime(),
};

/** Event, JetStream `run.started`. */
export const RunStartedSchema = z.object(runEvent);
export type RunStarted = z.infer<typeof RunStartedSchema>;

/** Event, JetStream `run.finished`. */
export const RunFinishedSchema = z.object({
  ...runEvent,
  /** When the first sandbox of the run could be used. */
  sandbox_ready_at: z.iso.datetime().nullable().default(null),
  /** When the compiler had ended; null: none was run. */
  compiled_at: z.iso.datetime().nullable().default(null),
  /** When the program had ended, or what was to lead to it. */
  finished_at: z.iso.datetime(),
  outcome: OutcomeSchema,
  /** null: an earlier runner, or nothing ran. */
  output_log: OutputLogSchema.nullable().default(null),
});
export type RunFinished = z.infer<typeof RunFinishedSchema>;

/** Event, JetStream `run.dead`: a work message that was delivered too often or could not be read, kept for a person. */
export const RunDeadLetteredSchema = z.object({
  v: z.literal(MESSAGE_VERSION),
  subject: z.string(),
  reason: z.string(),
  deliveries: z.int(),
  runner_id: z.string(),
  dead_at: z.iso.datetime(),
  /** The message as it was, base64. */
  message: z.string(),
});
export type RunDeadLettered = z.infer<typeof RunDeadLetteredSchema>;

/** Core NATS `result.ready.<submission_id>`: the result service has stored something new for it. */
export const ResultReadySchema = z.object({
  submission_id: SubmissionIdSchema,
  final: z.boolean(),
  /** What came of a run that has just ended; not said of one that was known or deleted, nor by an earlier service. */
  run: z
    .object({ status: z.enum(FINAL_STATUSES), language: LanguageIdSchema })
    .optional()
    .catch(undefined),
  /** All that was stored, where it is final and small: whoever waits for it need not ask. As such a reply it is not looked into. */
  replay: z
    .custom<Replay>((value) => typeof value === 'object' && value !== null && 'result' in value)
    .optional()
    .catch(undefined),
});
export type ResultReady = z.infer<typeof ResultReadySchema>;

/** Core NATS `runner.heartbeat`, every HEARTBEAT_INTERVAL_MS: who takes work, in which languages. */
export const RunnerHeartbeatSchema = z.object({
  runner_id: z.string(),
  ready: z.boolean(),
  reason: z.string().nullable().meta({ description: 'Why it is not ready' }),
  engine: z.string(),
  degraded: z.array(z.string()),
  permits: z.object({ total: z.int(), free: z.int() }),
  languages: z.array(z.object({ id: LanguageIdSchema, version: z.string() })),
  /** What it keeps ready; null: an earlier runner, which does not say. */
  pool: z
    .object({
      /** Language → interpreters that wait for their program. */
      parked: z.record(LanguageIdSchema, z.int()),
      /** Sandboxes with nothing in them yet. */
      empty: z.int(),
      memory_bytes: z.int(),
    })
    .nullable()
    .default(null),
});
export type RunnerHeartbeat = z.infer<typeof RunnerHeartbeatSchema>;

export const HEARTBEAT_INTERVAL_MS = 5_000;
/** A runner that was silent this long is not counted as live. */
export const HEARTBEAT_TTL_MS = 16_000;

/** Deliveries of one dispatch that execute; the next one is answered with internal_error and a dead letter. */
export const MAX_DELIVERIES = 4;

/** The attempt number grows over deliveries and dispatches, so that a later try always carries a higher one. */
export function attemptOf(dispatch: number, delivery: number): number {
  return (dispatch - 1) * (MAX_DELIVERIES + 1) + delivery;
}
