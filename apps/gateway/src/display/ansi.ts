import type { StyledText } from './styled.text';

/**
 * Escape sequences of ECMA-48: CSI and OSC whole, else ESC and what belongs to it. One that never ends is none: its
 * ESC is text, and seen.
 */
const SEQUENCE =
  /\u001b(?:\[([0-?]*)[ -/]*([@-~])|\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|[ -/]{1,4}[0-~]|[=>78DEHMNOc])/g;

const MAX_PARAMETERS = 32;

interface Look {
  foreground: number | undefined;
  background: number | undefined;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  inverse: boolean;
}

const PLAIN: Look = {
  foreground: undefined,
  background: undefined,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

/**
 * Reads what a terminal would be sent as text in colours: each stream has its own, and keeps it from piece to piece.
 * Sequences that do anything but dress text are left out; none can hide it.
 */
export class AnsiReader {
  private look = PLAIN;

  *read(text: string): Generator<StyledText> {
    let end = 0;
    for (const match of text.matchAll(SEQUENCE)) {
      if (match.index > end) yield { text: text.slice(end, match.index), style: classesOf(this.look) };
      end = match.index + match[0].length;
      if (match[2] === 'm') this.look = dressed(this.look, match[1] ?? '');
    }
    if (end < text.length) yield { text: text.slice(end), style: classesOf(this.look) };
  }
}

/** `f1` red letters, `b4` blue ground, … `i` is the other way round of what is there without colours. */
function classesOf({ foreground, background, inverse, ...look }: Look): string {
  const [letters, ground] = inverse ? [background ?? 'i', foreground ?? 'i'] : [foreground, background];
  return [
    letters === undefined || letters === ground ? '' : `f${letters}`,
    ground === undefined ? '' : `b${ground}`,
    look.bold ? 'bo' : '',
    look.dim ? 'di' : '',
    look.italic ? 'it' : '',
    look.underline ? 'un' : '',
    look.strike ? 'st' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** SGR, "select graphic rendition". */
function dressed(before: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/, MAX_PARAMETERS).map(Number);
  let look = before;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, taken] = extendedColour(codes.slice(at + 1, at + 5));
      at += taken;
      look = { ...look, [code === 38 ? 'foreground' : 'background']: colour };
    } else look = { ...look, ...changeOf(code) };
  }
  return look;
}

function changeOf(code: number): Partial<Look> {
  if (code >= 30 && code <= 37) return { foreground: code - 30 };
  if (code >= 90 && code <= 97) return { foreground: code - 90 + 8 };
  if (code >= 40 && code <= 47) return { background: code - 40 };
  if (code >= 100 && code <= 107) return { background: code - 100 + 8 };
  return OTHER_CHANGES[code] ?? {};
}

const OTHER_CHANGES: Readonly<Record<number, Partial<Look>>> = {
  0: PLAIN,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { foreground: undefined },
  49: { background: undefined },
};

/**
 * `5;n` of a palette or `2;r;g;b`: the nearest of sixteen, since a policy without inline styles has classes only, and
 * how many numbers said it.
 */
function extendedColour([kind, one = 0, two = 0, three = 0]: number[]): [
  colour: number | undefined,
  taken: number,
] {
  if (kind === 2) return [nearest(one, two, three), 4];
  if (kind !== 5) return [undefined, 0];
  if (one < 16) return [one, 2];
  if (one >= 232) return [nearest(...grey(8 + (one - 232) * 10)), 2];
  const step = (part: number) => (part === 0 ? 0 : 55 + part * 40);
  const cube = one - 16;
  return [nearest(step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6)), 2];
}

const grey = (value: number): [number, number, number] => [value, value, value];

/** One bit per colour, and brightness. */
function nearest(red: number, green: number, blue: number): number {
  const highest = Math.max(red, green, blue);
  if (highest - Math.min(red, green, blue) < 24) {
    // Greys: black, dark, light, white.
    return highest < 48 ? 0 : highest < 144 ? 8 : highest < 216 ? 7 : 15;
  }
  const bit = (value: number, weight: number) => (value > highest / 2 ? weight : 0);
  return bit(red, 1) + bit(green, 2) + bit(blue, 4) + (highest > 192 ? 8 : 0);
}
