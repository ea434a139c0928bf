import { z } from 'zod';
import { LinkCodeSchema, SubmissionIdSchema } from './ids';
import { PROBLEM_CODES } from './problem';
import { SharedResultSchema } from './result';
import { SharedSubmissionSchema } from './submission';

const MINUTE_S = 60;
const YEAR_S = 366 * 24 * 60 * MINUTE_S;

export const GenerateUrlRequestSchema = z.strictObject({
  expires_in_seconds: z
    .int()
    .min(MINUTE_S)
    .max(YEAR_S)
    .nullable()
    .default(null)
    .meta({ description: 'Lifetime of the link; null (the default) is for ever' }),
});
export type GenerateUrlRequest = z.infer<typeof GenerateUrlRequestSchema>;

export const LinkSchema = z.object({
  code: LinkCodeSchema,
  submission_id: SubmissionIdSchema,
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
});
export type Link = z.infer<typeof LinkSchema>;

export const GenerateUrlResponseSchema = LinkSchema.extend({
  unique_url: z.url().meta({ description: 'The short link that shows code, input and output' }),
});
export type GenerateUrlResponse = z.infer<typeof GenerateUrlResponseSchema>;

/** What a link shows; no id of it, which would outlive the link (ADR 0034). A result that can not be reached right now does not take the code down with it. */
export const GetSubmissionResponseSchema = z.object({
  submission: SharedSubmissionSchema,
  result: SharedResultSchema.nullable().meta({ description: 'null only while `result_problem` says why' }),
  result_problem: z
    .object({ code: z.enum(PROBLEM_CODES), detail: z.string() })
    .nullable()
    .meta({ description: 'Why the result can not be shown right now; null when it is there' }),
});
export type GetSubmissionResponse = z.infer<typeof GetSubmissionResponseSchema>;
