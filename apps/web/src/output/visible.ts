import { escapedByte } from './bytes';

/**
 * Characters that are not to be seen, or that make a text look other than it is: control characters, marks that turn the
 * direction of writing, characters without width, bytes that are no text. Each becomes a mark that says what it is.
 */
export interface Mark {
  /** What stands in the text. */
  readonly raw: string;
  /** Short, to be shown in its place: `NUL`, `U+202E`, `\xff`. */
  readonly label: string;
  /** For whoever wants to know: `U+202E, right-to-left override`. */
  readonly title: string;
}

export type VisiblePart = string | Mark;

const HIDDEN =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\p{Cs}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** A flag of a region is written with characters that hide elsewhere. */
const REGION_FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,6}\u{e007f}/gu;
/** Joiners shape letters of many scripts, and tie pictures together. */
const JOINED_BEFORE = /[\p{Lo}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
const JOINED_AFTER = /^[\p{Lo}\p{M}\p{Extended_Pictographic}]/u;

const NAMES: Partial<Record<number, string>> = {
  0x00: 'null',
  0x07: 'bell',
  0x08: 'backspace',
  0x0a: 'line feed',
  0x0b: 'vertical tab',
  0x0c: 'form feed',
  0x0d: 'carriage return',
  0x1b: 'escape',
  0x7f: 'delete',
  0xad: 'soft hyphen',
  0x61c: 'Arabic letter mark',
  0x200b: 'zero width space',
  0x200c: 'zero width non-joiner',
  0x200d: 'zero width joiner',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x2028: 'line separator',
  0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'pop directional formatting',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2060: 'word joiner',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'first strong isolate',
  0x2069: 'pop directional isolate',
  0xfeff: 'byte order mark',
};

/** The text as strings that show what they hold, and marks for what would not be seen. */
export function visibleParts(text: string): VisiblePart[] {
  if (text.search(HIDDEN) === -1) return text === '' ? [] : [text];
  const flags = text.matchAll(REGION_FLAG);
  let flag = flags.next().value;
  const parts: VisiblePart[] = [];
  let from = 0;
  for (const { index, 0: raw } of text.matchAll(HIDDEN)) {
    const behind = index + raw.length;
    while (flag && flag.index + flag[0].length <= index) flag = flags.next().value;
    if (flag && flag.index < index) continue;
    if ((raw === '\u200c' || raw === '\u200d') && isJoiner(text, index, behind)) continue;
    if (index > from) parts.push(text.slice(from, index));
    parts.push(markOf(raw));
    from = behind;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

function isJoiner(text: string, start: number, end: number): boolean {
  return (
    JOINED_BEFORE.test(text.slice(Math.max(0, start - 2), start)) &&
    JOINED_AFTER.test(text.slice(end, end + 2))
  );
}

function markOf(raw: string): Mark {
  const code = raw.codePointAt(0) ?? 0;
  const byte = escapedByte(code);
  if (byte !== undefined) {
    const hex = byte.toString(16);
    return { raw, label: `\\x${hex}`, title: `byte 0x${hex}, which is no text` };
  }
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const name = NAMES[code];
  return { raw, label: nameOfControl(code) ?? number, title: name ? `${number}, ${name}` : number };
}

const CONTROLS =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

/** The control characters of ASCII have names of their own. */
function nameOfControl(code: number): string | undefined {
  return code === 0x7f ? 'DEL' : CONTROLS[code];
}
