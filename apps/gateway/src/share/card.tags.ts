import { isFinal } from '@runbin/contracts/status';
import { AnsiReader } from '../display/ansi';
import { visibleText } from '../display/deceptive';
import { type Html, markup } from '../http/html';
import type { ShownLink } from '../urls/link.desk';
import type { PublicUrl } from '../urls/public.url';
import { cardAddress, shareAddress } from './addresses';
import { verdictOf } from './verdict';

/** Of the picture, in pixels; what the services that show it ask for. */
export const CARD_WIDTH = 1200;
export const CARD_HEIGHT = 630;

const MAX_DESCRIPTION_CHARACTERS = 200;
/** Of output, to find as much text in it. */
const READ_CHARACTERS = 8 * MAX_DESCRIPTION_CHARACTERS;

/** What those who show a link elsewhere read: OpenGraph, Twitter's cards, and where to ask by oEmbed. */
export function cardTags(shown: ShownLink, publicUrl: Pick<PublicUrl, 'of'>): Html {
  const { code } = shown.link;
  const { submission } = shown;
  const address = publicUrl.of(shareAddress(code));
  const title = `${visibleText(submission.files[0]?.name ?? submission.language)}: ${verdictOf(shown).words}`;
  const oembed = publicUrl.of(`/oembed?format=json&url=${encodeURIComponent(address)}`);
  return markup`<link rel="canonical" href="${address}">
<link rel="alternate" type="application/json+oembed" href="${oembed}" title="${title}">
<meta name="description" content="${descriptionOf(shown)}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="Runbin">
<meta property="og:url" content="${address}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${descriptionOf(shown)}">
<meta property="og:image" content="${publicUrl.of(cardAddress(code))}">
<meta property="og:image:type" content="image/png">
<meta property="og:image:width" content="${CARD_WIDTH}">
<meta property="og:image:height" content="${CARD_HEIGHT}">
<meta property="og:image:alt" content="The beginning of the program and of its output">
<meta name="twitter:card" content="summary_large_image">`;
}

/** The beginning of the output, or how it ended. */
function descriptionOf({ submission, result }: ShownLink): string {
  const language = [submission.language, submission.language_version].filter(Boolean).join(' ');
  const output = result && isFinal(result.status) && result.stdout_encoding === 'utf-8' ? result.stdout : '';
  // Without its colours: sequences are longer than what they dress.
  const plain = [...new AnsiReader().read(output.slice(0, READ_CHARACTERS))].map(({ text }) => text).join('');
  const beginning = plain.replace(/\s+/g, ' ').trim();
  const said = beginning === '' ? (result?.message ?? '') : `Output: ${beginning}`;
  return visibleText(`${language}. ${said}`).slice(0, MAX_DESCRIPTION_CHARACTERS).toWellFormed();
}
