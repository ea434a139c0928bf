/** How long a link lives; seconds, null is for ever. */
export const LIFETIMES = [
  { id: 'never', label: 'Never', seconds: null },
  { id: 'hour', label: 'In 1 hour', seconds: 3600 },
  { id: 'day', label: 'In 1 day', seconds: 86_400 },
  { id: 'month', label: 'In 30 days', seconds: 30 * 86_400 },
] as const;

interface Shared {
  readonly url: string;
  readonly code: string;
  readonly title: string;
  /** As Markdown knows it. */
  readonly language: string;
  readonly source: string;
}

/** Longer programs are a link only. */
const MAX_QUOTED_CHARACTERS = 4_000;

/** The link, and below it the program, for a chat or an issue. */
export function markdownOf({ url, title, language, source }: Shared): string {
  const link = `[${title.replaceAll(/[\\[\]`*_<>]/g, '\\$&')}](${url})`;
  if (source.length > MAX_QUOTED_CHARACTERS) return link;
  // The fence is longer than any row of backticks within.
  const longest = Math.max(2, ...[...source.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${link}\n\n${fence}${language}\n${source.replace(/\n?$/, '\n')}${fence}\n`;
}

/** A frame for another page. */
export function embedOf({ url, code, title }: Shared): string {
  const address = new URL(`/embed/${code}`, url);
  const name = title.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<iframe src="${address.href}" title="${name}" width="100%" height="420" style="border:0" loading="lazy"></iframe>`;
}
