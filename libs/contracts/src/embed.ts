import { z } from 'zod';

/** How a link is shown within somebody else's page. */
export const EmbedThemeSchema = z.enum(['light', 'dark']).meta({ description: 'Else what the system has' });
export const EmbedShowSchema = z
  .enum(['code', 'output', 'both'])
  .meta({ description: 'What of it; both by default' });
export type EmbedTheme = z.infer<typeof EmbedThemeSchema>;
export type EmbedShow = z.infer<typeof EmbedShowSchema>;

export const OEmbedPixelsSchema = z.int().min(1).max(100_000).meta({ description: 'Pixels, at most' });

/** oembed.com, version 1.0, type `rich`. Sizes are pixels, `cache_age` seconds. */
export const OEmbedResponseSchema = z.object({
  version: z.literal('1.0'),
  type: z.literal('rich'),
  title: z.string(),
  provider_name: z.literal('Runbin'),
  provider_url: z.url(),
  cache_age: z.int(),
  html: z.string().meta({ description: 'An iframe, to be put into a page as it is' }),
  width: z.int(),
  height: z.int(),
});
export type OEmbedResponse = z.infer<typeof OEmbedResponseSchema>;
