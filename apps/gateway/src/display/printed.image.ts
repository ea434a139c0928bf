import { isBase64 } from '@runbin/contracts/text';

/** Longer ones are shown as the text that they are. */
const MAX_IMAGE_CHARACTERS = 512 * 1024;

const DATA_URL = /^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,([A-Za-z0-9+/]+={0,2})$/;

/** First bytes of pictures that a program may write as they are. */
const SIGNATURES: readonly (readonly [mediaType: string, pattern: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF.{4}WEBP/s],
];

/**
 * The picture that a printed line is: a data URL, which is written anew from its parts, or undefined. As an `img` no
 * picture runs anything, SVG neither.
 */
export function imageOfLine(line: string): string | undefined {
  if (line.length > MAX_IMAGE_CHARACTERS) return undefined;
  const [, type, content] = DATA_URL.exec(line.trimEnd()) ?? [];
  if (type === undefined || content === undefined || !isBase64(content)) return undefined;
  return `data:image/${type};base64,${content}`;
}

/** The picture that all of a stream is, as a data URL. */
export function imageOfBytes(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 16);
  const mediaType = SIGNATURES.find(([, pattern]) => pattern.test(head))?.[0];
  if (mediaType === undefined || bytes.length * (4 / 3) > MAX_IMAGE_CHARACTERS) return undefined;
  return `data:${mediaType};base64,${bytes.toString('base64')}`;
}
