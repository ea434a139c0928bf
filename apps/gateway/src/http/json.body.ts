import { isUtf8 } from 'node:buffer';
import { Problem } from '@runbin/platform/problem';

/**
 * Reads a request body as JSON (RFC 8259), strictly: no byte order mark, valid UTF-8, no name twice in one
 * object, and no more nesting or items than any request of ours can have. The scan runs before the parser,
 * so that a body of a hundred thousand brackets is refused at the seventeenth.
 */

/** The deepest request is body → files → file: this leaves room and still ends a bomb at once. */
const MAX_DEPTH = 16;
/** Members and array items in all: 256 files of three members each, 512 arguments, and the rest. */
const MAX_ITEMS = 4096;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** @throws Problem `malformed_json` saying what is wrong, never what the parser said */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw malformed('The body is empty; send a JSON object.');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw malformed('The body starts with a byte order mark; send plain UTF-8 without it.');
  }
  if (!isUtf8(bytes)) {
    throw malformed('The body is not UTF-8; send bytes that are not text as base64, with their `encoding`.');
  }
  checkStructure(bytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw malformed('The body is not valid JSON; check quotes, commas and brackets.');
  }
}

/** Bounds nesting and items and refuses repeated names. Whether it is JSON at all is the parser's to say. */
function checkStructure(bytes: Buffer): void {
  const names: (Set<string> | undefined)[] = [];
  let items = 0;
  const count = () => {
    if (++items > MAX_ITEMS) throw malformed(`The body has more than ${MAX_ITEMS} members and items.`);
  };
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (names.length === MAX_DEPTH)
          throw malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`);
        names.push(bytes[at] === OPEN_OBJECT ? new Set() : undefined);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        names.pop();
        break;
      case COMMA:
        count();
        break;
      case QUOTE: {
        const end = endOfString(bytes, at);
        const siblings = names.at(-1);
        if (siblings && isName(bytes, end)) {
          count();
          const name = nameAt(bytes, at, end);
          if (siblings.has(name)) throw malformed(`The body names ${quoted(name)} twice in one object.`);
          siblings.add(name);
        }
        at = end;
        break;
      }
    }
  }
}

/** Index of the closing quote, or of the last byte when there is none. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, bytes.length - 1);
}

/** Whether a colon follows: then the string before it is a member's name. */
function isName(bytes: Buffer, end: number): boolean {
  let at = end + 1;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0a || bytes[at] === 0x0d) at++;
  return bytes[at] === COLON;
}

/** Names are compared as they will be parsed: `"\u0061"` is `"a"`. */
function nameAt(bytes: Buffer, start: number, end: number): string {
  const raw = bytes.toString('utf8', start, end + 1);
  if (!raw.includes('\\')) return raw.slice(1, -1);
  try {
    return String(JSON.parse(raw));
  } catch {
    throw malformed('The body holds a string with a malformed escape.');
  }
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}

function malformed(detail: string): Problem {
  return new Problem('malformed_json', detail);
}
