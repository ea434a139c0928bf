import { Injectable, type PipeTransform } from '@nestjs/common';
import { EmbedShowSchema, EmbedThemeSchema, OEmbedPixelsSchema } from '@runbin/contracts/embed';
import { Problem } from '@runbin/platform/problem';
import { z } from 'zod';

const EmbedOptionsSchema = z.strictObject({
  theme: EmbedThemeSchema.optional(),
  show: EmbedShowSchema.default('both'),
});
export type EmbedOptions = z.infer<typeof EmbedOptionsSchema>;

/**
 * `?theme=` and `?show=` of an embedded page, and nothing else.
 * @throws Problem `invalid_request`
 */
export function embedOptions(query: unknown): EmbedOptions {
  const { data } = EmbedOptionsSchema.safeParse(query);
  if (data) return data;
  throw new Problem('invalid_request', 'This page takes ?theme=light|dark and ?show=code|output|both.');
}

const pixels = z
  .string()
  .regex(/^\d{1,6}$/)
  .transform(Number)
  .pipe(OEmbedPixelsSchema)
  .optional();

/** What consumers add of their own is not ours to refuse. */
const OEmbedQuerySchema = z.object({
  url: z.string().max(2048),
  format: z.string().optional(),
  maxwidth: pixels,
  maxheight: pixels,
});
export type OEmbedQuery = z.infer<typeof OEmbedQuerySchema>;

@Injectable()
export class OEmbedQueryPipe implements PipeTransform<unknown, OEmbedQuery> {
  /** @throws Problem `invalid_request`, `format_not_offered` */
  transform(query: unknown): OEmbedQuery {
    const { data } = OEmbedQuerySchema.safeParse(query);
    if (!data) {
      throw new Problem(
        'invalid_request',
        'Give ?url= with a link, and maxwidth and maxheight in whole pixels if you like.',
      );
    }
    if (data.format !== undefined && data.format !== 'json') {
      throw new Problem('format_not_offered', 'Ask for ?format=json; there is no other here.');
    }
    return data;
  }
}
