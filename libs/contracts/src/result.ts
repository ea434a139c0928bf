import { z } from 'zod';
import { LanguageIdSchema, SubmissionIdSchema } from './ids';
import { FINAL_STATUSES, STATUSES } from './status';
import { EncodingSchema } from './text';

/** The compile stage, for languages that have one. `output` is what the compiler wrote to stdout and stderr together. */
export const CompileSchema = z.object({
  exit_code: z.int().nullable(),
  signal: z.int().nullable(),
  output: z.string(),
  output_encoding: EncodingSchema,
  output_truncated: z.boolean(),
  cpu_time_ms: z.number().nonnegative(),
  wall_time_ms: z.number().nonnegative(),
  cached: z.boolean().default(false).meta({
    description: 'No compiler ran: the same program had been compiled before, and this is what came of it',
  }),
});
export type Compile = z.infer<typeof CompileSchema>;

export const UsageSchema = z.object({
  cpu_time_ms: z.number().nonnegative(),
  wall_time_ms: z.number().nonnegative(),
  memory_peak_bytes: z.int().nonnegative(),
});
export type Usage = z.infer<typeof UsageSchema>;

const moment = (description: string) => z.iso.datetime().nullable().meta({ description });

export const TimelineSchema = z.object({
  queued_at: z.iso.datetime(),
  picked_at: moment('When a runner took it').default(null),
  sandbox_ready_at: moment('When its first sandbox could be used').default(null),
  compiled_at: moment('When the compiler had ended; null when none was run').default(null),
  started_at: moment('When the program started; of a run that has not come to that, when a runner took it'),
  finished_at: moment('When the program ended, or its compiler where that was the end'),
});

/**
 * In which pieces, and when, the output came: the pieces that were published while it ran, in their order. Together with
 * stdout and stderr it tells every one of them again. `at_ms` counts from the start of the program.
 */
export const OutputLogSchema = z.array(
  z.tuple([z.enum(['stdout', 'stderr']), z.number().nonnegative(), z.int().min(1)]),
);
/** Pieces as `[stream, at_ms, bytes]`. */
export type OutputLog = z.infer<typeof OutputLogSchema>;

/** What came out of one run: every field that does not depend on who asked or when it was queued. */
export const OutcomeSchema = z.object({
  status: z.enum(FINAL_STATUSES),
  message: z.string(),
  exit_code: z.int().nullable(),
  signal: z.int().nullable(),
  stdout: z.string(),
  stdout_encoding: EncodingSchema,
  stdout_truncated: z.boolean(),
  stderr: z.string(),
  stderr_encoding: EncodingSchema,
  stderr_truncated: z.boolean(),
  compile: CompileSchema.nullable(),
  usage: UsageSchema.nullable(),
  degraded: z
    .array(z.string())
    .meta({ description: 'Walls that ran in a weaker mode for this run; empty is normal' }),
});
export type Outcome = z.infer<typeof OutcomeSchema>;

/** What is there to tell of a run that has not happened: everything but status and message. */
export const NOTHING_RAN: Omit<Outcome, 'status' | 'message'> = {
  exit_code: null,
  signal: null,
  stdout: '',
  stdout_encoding: 'utf-8',
  stdout_truncated: false,
  stderr: '',
  stderr_encoding: 'utf-8',
  stderr_truncated: false,
  compile: null,
  usage: null,
  degraded: [],
};

/**
 * A result as the API answers it. Not final: `status` is `queued` or `running`, `message` says so, and
 * everything that only a finished run has is null or empty.
 */
export const ResultSchema = OutcomeSchema.extend({
  submission_id: SubmissionIdSchema,
  status: z.enum(STATUSES),
  attempt: z.int().nonnegative().meta({ description: 'Which try this is; above 1 after a crash of ours' }),
  timeline: TimelineSchema,
  language: LanguageIdSchema,
  language_version: z.string().nullable(),
});
export type Result = z.infer<typeof ResultSchema>;

/** A result as a link shows it: without the id of its submission (ADR 0034). */
export const SharedResultSchema = ResultSchema.omit({ submission_id: true });
export type SharedResult = z.infer<typeof SharedResultSchema>;

/** A result and in which pieces its output came (null: not known): to tell a run again. */
export const ReplaySchema = z.object({ result: ResultSchema, output_log: OutputLogSchema.nullable() });
export type Replay = z.infer<typeof ReplaySchema>;
