import { z } from 'zod';
import { LinkCodeSchema, SubmissionIdSchema } from './ids';
import { ResultSchema } from './result';
import { SubmissionSchema } from './submission';

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

export const GetSubmissionResponseSchema = z.object({ submission: SubmissionSchema, result: ResultSchema });
export type GetSubmissionResponse = z.infer<typeof GetSubmissionResponseSchema>;
