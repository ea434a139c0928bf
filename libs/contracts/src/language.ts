import { z } from 'zod';
import { LanguageIdSchema } from './ids';

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
  example: z.string(),
});
export const LanguagesResponseSchema = z.object({ languages: z.array(LanguageSummarySchema) });
export type LanguageSummary = z.infer<typeof LanguageSummarySchema>;
