import { isUtf8 } from 'node:buffer';
import { z } from 'zod';

export const EncodingSchema = z.enum(['utf-8', 'base64']);
export type Encoding = z.infer<typeof EncodingSchema>;

/**
 * Bytes as they travel in JSON, saying in which form: as text when they are valid UTF-8 (NUL included), else as base64;
 * and as base64 too when they are some MB that JSON would make much larger, for a control character takes six there.
 */
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

/** So much may escaping add to a text, if that is more than base64 would. */
const MAX_ESCAPING_BYTES = 8 * 1024 * 1024;
const CONTROL_ESCAPE_BYTES = 6;

/** By byte, how many more it takes within a string in JSON. */
const ESCAPING_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const form = JSON.stringify(String.fromCharCode(byte)).slice(1, -1);
  return byte < 0x80 ? form.length - 1 : 0;
});

/** Whether these bytes are of a size in JSON that messages and their readers can bear. */
function isBearable(text: Buffer): boolean {
  let room = Math.max(MAX_ESCAPING_BYTES, text.length / 3);
  if (text.length * (CONTROL_ESCAPE_BYTES - 1) <= room) return true;
  for (const byte of text) {
    room -= ESCAPING_BYTES[byte] ?? 0;
    if (room < 0) return false;
  }
  return true;
}

/** The inverse of `decodeBytes`. */
export function encodeBytes(bytes: Buffer): EncodedBytes {
  return isUtf8(bytes) && isBearable(bytes)
    ? { content: bytes.toString('utf8'), encoding: 'utf-8' }
    : { content: bytes.toString('base64'), encoding: 'base64' };
}
