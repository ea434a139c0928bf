/**
 * Bytes of a program's output as a string that loses none: a byte that is no UTF-8 stands in it as the lone surrogate
 * U+DC00 + byte, which no text that was decoded holds otherwise.
 */

const ESCAPE = 0xdc00;

/** Whether a UTF-16 unit stands for a byte; it does where no high surrogate comes before it. */
export function escapedByte(unit: number): number | undefined {
  return unit >= ESCAPE + 0x80 && unit <= ESCAPE + 0xff ? unit - ESCAPE : undefined;
}

export function escapedBytes(base64: string): string {
  const binary = atob(base64);
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += decoder.decode(bytes.subarray(from, at));
    text += String.fromCharCode(ESCAPE + (bytes[at] ?? 0));
    from = ++at;
  }
  return text + decoder.decode(bytes.subarray(from));
}

/** Bytes of the UTF-8 character at `at`; 0 when none is there. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  // Longer than needed, a surrogate, or beyond the last character.
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  return first === 0xf4 && second > 0x8f ? 0 : length;
}

const encoder = new TextEncoder();
const ESCAPED = /[\ud800-\udbff][\udc00-\udfff]|([\udc80-\udcff])/g;

/** The inverse of `escapedBytes`, for text too. */
export function unescapedBytes(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes = new Uint8Array(utf8Length(text));
  let length = 0;
  let from = 0;
  const put = (part: string) => (length += encoder.encodeInto(part, bytes.subarray(length)).written);
  for (const match of text.matchAll(ESCAPED)) {
    if (match[1] === undefined) continue;
    put(text.slice(from, match.index));
    bytes[length++] = match[1].charCodeAt(0) - ESCAPE;
    from = match.index + 1;
  }
  put(text.slice(from));
  return bytes;
}

/** Bytes that a text came from. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      // Two units, four bytes.
      length += 2;
      i++;
    } else if (escapedByte(unit) === undefined) length += 2;
  }
  return length;
}
