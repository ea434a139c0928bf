import { z } from 'zod';
import { LanguageIdSchema } from './ids';
import { LimitsSchema } from './limits';

/** A language as `GET /v1/languages` lists it. */
export const LanguageSummarySchema = z.object({
  id: LanguageIdSchema,
  label: z.string(),
  version: z
    .string()
    .nullable()
    .meta({ description: 'As the toolchain reports it; null while no runner offers it' }),
  available: z.boolean().meta({ description: 'Whether a live runner offers it now' }),
  aliases: z.array(z.string()),
  source_name: z.string().meta({ description: 'File name that `code` is given' }),
  limits: LimitsSchema.meta({ description: 'What a run gets where the submission states nothing else' }),
  takes_compiler_args: z.boolean().meta({ description: 'Whether there are `compiler_args` that it accepts' }),
  example: z.string(),
});
export const LanguagesResponseSchema = z.object({
  languages: z.array(LanguageSummarySchema),
  limit_caps: LimitsSchema.meta({ description: 'The highest limits that a submission may state' }),
});
export type LanguagesResponse = z.infer<typeof LanguagesResponseSchema>;
export type LanguageSummary = z.infer<typeof LanguageSummarySchema>;
