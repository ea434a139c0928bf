import { isUtf8 } from 'node:buffer';
import { z } from 'zod';

export const EncodingSchema = z.enum(['utf-8', 'base64']);
export type Encoding = z.infer<typeof EncodingSchema>;

/** Bytes as they travel in JSON: as text when they are valid UTF-8 (NUL included), else as base64, and saying which. */
export interface EncodedBytes {
  content: string;
  encoding: Encoding;
}

/** A lone surrogate has no UTF-8 form; storing it would silently replace it. */
export const WellFormedString = z.string().refine((text) => text.isWellFormed(), {
  error: 'holds a lone UTF-16 surrogate, which has no UTF-8 form; send the bytes as base64 instead',
});

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Canonical base64 only: what decodes must encode to the same text, so nothing is silently dropped. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && BASE64.test(text);
}

const LONGEST_CHARACTER_BYTES = 4;

/** Where a stream of text can be cut: what is whole, and the beginning of a character whose rest may still come. */
export function splitUtf8(bytes: Buffer): [whole: Buffer, rest: Buffer] {
  for (let back = 1; back < LONGEST_CHARACTER_BYTES && back <= bytes.length; back++) {
    const at = bytes.length - back;
    const byte = bytes.readUInt8(at);
    const isContinuation = byte >= 0x80 && byte < 0xc0;
    if (isContinuation) continue;
    const whole = charactersBytes(byte) > back ? at : bytes.length;
    return [bytes.subarray(0, whole), bytes.subarray(whole)];
  }
  return [bytes, bytes.subarray(bytes.length)];
}

/** Bytes of a character, by its first; 1 for what begins none. */
function charactersBytes(first: number): number {
  if (first >= 0xf0) return first < 0xf5 ? 4 : 1;
  if (first >= 0xe0) return 3;
  return first >= 0xc2 ? 2 : 1;
}

export function decodeBytes({ content, encoding }: EncodedBytes): Buffer {
  return Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
}

/** The inverse of `decodeBytes`: text when the bytes are valid UTF-8, else base64. */
export function encodeBytes(bytes: Buffer): EncodedBytes {
  return isUtf8(bytes)
    ? { content: bytes.toString('utf8'), encoding: 'utf-8' }
    : { content: bytes.toString('base64'), encoding: 'base64' };
}
