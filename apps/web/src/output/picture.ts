/** Pictures that a program prints as data URLs. They are shown by `<img>` alone, which runs nothing that is in them. */

export interface Picture {
  /** For `src`: a data URL of one of five types, percent-encoded where it is no base64. */
  readonly url: string;
  /** `PNG`, `JPEG`, `GIF`, `WebP`, `SVG`. */
  readonly format: string;
  /** Of the picture, about. */
  readonly byteCount: number;
  /** Place of the URL in the text. */
  readonly start: number;
  readonly end: number;
}

const FORMATS: Record<string, string> = {
  png: 'PNG',
  jpeg: 'JPEG',
  jpg: 'JPEG',
  gif: 'GIF',
  webp: 'WebP',
  'svg+xml': 'SVG',
};

const BASE64 = /data:image\/(png|jpeg|jpg|gif|webp|svg\+xml);base64,([A-Za-z0-9+/]{16,}={0,2})/g;
/** Unencoded SVG holds spaces and quotes: it goes to the end of the line, and nothing stands before it. */
const PLAIN_SVG = /^\s*(data:image\/svg\+xml(?:;(?:charset=)?utf-?8)?,(.+))$/i;

/** A picture that unpacks to more pixels than that is not shown: 4 bytes of memory each. */
export const MAX_PIXELS = 40_000_000;

/** A camera's notes and small picture come before the size in a JPEG. */
const HEAD_CHARACTERS = 4 * 64 * 1024;

/** The pictures that stand in a line. */
export function picturesIn(line: string): Picture[] {
  if (!line.includes('data:image/')) return [];
  const svg = plainSvg(line);
  if (svg) return [svg];
  return [...line.matchAll(BASE64)].flatMap((match) => {
    const [url, type = '', content = ''] = match;
    const size = type === 'svg+xml' ? undefined : pixelSize(content);
    const fits = type === 'svg+xml' || (size !== undefined && size.width * size.height <= MAX_PIXELS);
    if (!fits) return [];
    const byteCount = Math.floor((content.replace(/=+$/, '').length * 3) / 4);
    return [
      { url, format: FORMATS[type] ?? type, byteCount, start: match.index, end: match.index + url.length },
    ];
  });
}

function plainSvg(line: string): Picture | undefined {
  const [, url = '', content = ''] = PLAIN_SVG.exec(line) ?? [];
  if (!/^\s*(?:<|%3c)/i.test(content) || !content.isWellFormed()) return undefined;
  // What is encoded already stays; a # would begin a fragment.
  const encoded = encodeURIComponent(content).replace(/%25([0-9a-f]{2})/gi, '%$1');
  const start = line.indexOf(url);
  return {
    url: `data:image/svg+xml,${encoded}`,
    format: 'SVG',
    byteCount: content.length,
    start,
    end: start + url.length,
  };
}

/** Width and height that the head of a PNG, GIF, WebP or JPEG states; undefined when it is none of them. */
export function pixelSize(base64: string): { width: number; height: number } | undefined {
  const bytes = decoded(base64.slice(0, HEAD_CHARACTERS));
  if (!bytes) return undefined;
  const view = new DataView(bytes.buffer);
  const has = (at: number, text: string) =>
    String.fromCharCode(...bytes.subarray(at, at + text.length)) === text;
  if (has(1, 'PNG\r\n') && has(12, 'IHDR') && bytes.length >= 24) {
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (has(0, 'GIF8') && bytes.length >= 10) {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (has(0, 'RIFF') && has(8, 'WEBP') && bytes.length >= 30) return webpSize(view, has);
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegSize(view) : undefined;
}

function webpSize(view: DataView, has: (at: number, text: string) => boolean) {
  if (has(12, 'VP8X')) return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
  if (has(12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  return has(12, 'VP8 ')
    ? { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    : undefined;
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
}

/** The first frame header tells it; segments before it say how long they are. */
function jpegSize(view: DataView): { width: number; height: number } | undefined {
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
