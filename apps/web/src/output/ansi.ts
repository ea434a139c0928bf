/**
 * Terminal control sequences in what a program wrote: colours and styles (SGR) are kept, a carriage return, a backspace
 * and "erase in line" rewrite the line as a terminal does, every other sequence is left out. Nothing here reaches into
 * another line: a sequence that a line break or the end of the text cuts off is no sequence.
 */

/** 0: the usual one. 1 to 256: the palette's number plus one. From TRUE_COLOUR on: plus 0xrrggbb. */
export type Colour = number;
export const TRUE_COLOUR = 0x1000000;

export const BOLD = 1;
export const FAINT = 2;
export const ITALIC = 4;
export const UNDERLINE = 8;
export const INVERSE = 16;
export const STRIKE = 32;

/** How characters look from here on. */
export interface Pen {
  readonly foreground: Colour;
  readonly background: Colour;
  /** BOLD, FAINT … added up. */
  readonly attributes: number;
}

export const PLAIN: Pen = { foreground: 0, background: 0, attributes: 0 };

export interface Span {
  readonly text: string;
  readonly pen: Pen;
}

export const ESC = '\u001b';
const BELL = 0x07;

/** A sequence that is longer is shown as what it is. */
export const MAX_SEQUENCE = 4096;

/** What `sequenceEnd` says of a sequence whose end may still come. */
export const INCOMPLETE = -1;

/** Where the sequence that begins with the ESC at `at` ends; `at` itself when it is none, INCOMPLETE when `text` ends in it. */
export function sequenceEnd(text: string, at: number, end = text.length): number {
  const limit = Math.min(end, at + MAX_SEQUENCE);
  const found = at + 1 < limit ? endOf(text, at, limit) : INCOMPLETE;
  return found === INCOMPLETE && limit < end ? at : found;
}

function endOf(text: string, at: number, limit: number): number {
  switch (text[at + 1]) {
    case '[':
      return controlSequenceEnd(text, at, limit);
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
      return controlStringEnd(text, at, limit);
    default:
      return shortSequenceEnd(text, at, limit);
  }
}

/** ESC [ parameters intermediates final. */
function controlSequenceEnd(text: string, at: number, limit: number): number {
  let i = at + 2;
  while (i < limit && within(text, i, 0x30, 0x3f)) i++;
  while (i < limit && within(text, i, 0x20, 0x2f)) i++;
  if (i >= limit) return INCOMPLETE;
  return within(text, i, 0x40, 0x7e) ? i + 1 : at;
}

/** ESC ] … up to BEL or ESC \: titles, links, pictures of other terminals. */
function controlStringEnd(text: string, at: number, limit: number): number {
  for (let i = at + 2; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === BELL) return i + 1;
    if (code === 0x1b) {
      if (i + 1 >= limit) return INCOMPLETE;
      return text[i + 1] === '\\' ? i + 2 : at;
    }
    if (code === 0x0a) return at;
  }
  return INCOMPLETE;
}

/** ESC intermediates final: character sets, saved cursors, resets. */
function shortSequenceEnd(text: string, at: number, limit: number): number {
  let i = at + 1;
  while (i < limit && within(text, i, 0x20, 0x2f)) i++;
  if (i >= limit) return INCOMPLETE;
  return within(text, i, 0x30, 0x7e) ? i + 1 : at;
}

function within(text: string, at: number, low: number, high: number): boolean {
  const code = text.charCodeAt(at);
  return code >= low && code <= high;
}

/** The pen behind everything that stands in `text` from `start` to `end`. */
export function penBehind(text: string, start: number, end: number, pen: Pen): Pen {
  let at = text.indexOf(ESC, start);
  while (at !== -1 && at < end) {
    const behind = sequenceEnd(text, at, end);
    if (behind > at) pen = applied(pen, text, at, behind);
    at = text.indexOf(ESC, behind > at ? behind : at + 1);
  }
  return pen;
}

/** The pen after the sequence at `start`, which most do not change. */
function applied(pen: Pen, text: string, start: number, end: number): Pen {
  if (text[end - 1] !== 'm' || text[start + 1] !== '[') return pen;
  const parameters = text.slice(start + 2, end - 1);
  if (!/^[\d;:]*$/.test(parameters)) return pen;
  return withStyles(pen, parameters);
}

function withStyles(before: Pen, parameters: string): Pen {
  const pen = { ...before };
  const plain = parameters.includes(':') ? withoutColons(parameters) : parameters;
  const codes = plain.split(';').map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, used } = extended(codes, i + 1);
      if (colour !== undefined) pen[code === 38 ? 'foreground' : 'background'] = colour;
      i += used;
    } else {
      setStyle(pen, code);
    }
  }
  return pen;
}

/** `38:2::r:g:b`, whose third part names a colour space, and `4:3`, a kind of underline, in the form with semicolons. */
function withoutColons(parameters: string): string {
  return parameters
    .replace(/([34]8:2):\d*:(?=\d+:\d+:\d+)/g, '$1:')
    .replace(/(^|;)4:(\d+)/g, (_, before: string, kind: string) => `${before}${kind === '0' ? '24' : '4'}`)
    .replaceAll(':', ';');
}

/** The colour that `5;n` or `2;r;g;b` says, and how many codes it took. */
function extended(codes: number[], at: number): { colour?: Colour; used: number } {
  const [kind = 0, a = 0, b = 0, c = 0] = codes.slice(at, at + 4);
  if (kind === 5) return a <= 255 ? { colour: a + 1, used: 2 } : { used: 2 };
  if (kind === 2) {
    return Math.max(a, b, c) <= 255
      ? { colour: TRUE_COLOUR + (a << 16) + (b << 8) + c, used: 4 }
      : { used: 4 };
  }
  return { used: 1 };
}

const SWITCHED_ON: Partial<Record<number, number>> = {
  1: BOLD,
  2: FAINT,
  3: ITALIC,
  4: UNDERLINE,
  7: INVERSE,
  9: STRIKE,
  21: UNDERLINE,
};
const SWITCHED_OFF: Partial<Record<number, number>> = {
  22: BOLD | FAINT,
  23: ITALIC,
  24: UNDERLINE,
  27: INVERSE,
  29: STRIKE,
};

type MutablePen = { -readonly [Key in keyof Pen]: Pen[Key] };

function setStyle(pen: MutablePen, code: number): void {
  if (code === 0) Object.assign(pen, PLAIN);
  else if (code >= 30 && code <= 37) pen.foreground = code - 30 + 1;
  else if (code >= 90 && code <= 97) pen.foreground = code - 90 + 9;
  else if (code >= 40 && code <= 47) pen.background = code - 40 + 1;
  else if (code >= 100 && code <= 107) pen.background = code - 100 + 9;
  else if (code === 39) pen.foreground = 0;
  else if (code === 49) pen.background = 0;
  else pen.attributes = (pen.attributes & ~(SWITCHED_OFF[code] ?? 0)) | (SWITCHED_ON[code] ?? 0);
}

/** Whatever moves the cursor back within a line. */
const REWRITES = /[\r\b]|\u001b\[\d*[GK]/;

/** Whether a terminal would write over something in this line. */
export function rewrites(text: string): boolean {
  return REWRITES.test(text);
}

/** What is to be seen of one line, which holds no line feed, by characters that look alike. */
export function spansOf(text: string, pen: Pen = PLAIN): Span[] {
  if (rewrites(text)) return joined(rewritten(text, pen).cells);
  const spans: Span[] = [];
  let from = 0;
  let at = text.indexOf(ESC);
  while (at !== -1) {
    const end = sequenceEnd(text, at);
    if (end > at) {
      if (at > from) spans.push({ text: text.slice(from, at), pen });
      pen = applied(pen, text, at, end);
      from = end;
    }
    at = text.indexOf(ESC, end > at ? end : at + 1);
  }
  if (from < text.length) spans.push({ text: text.slice(from), pen });
  return spans;
}

interface Cell {
  text: string;
  readonly pen: Pen;
}

/** Marks, joiners and variation selectors stand in the cell of the character before them. */
const JOINS = /^[\p{M}\u200d\ufe0f]$/u;

/** A line as a terminal has it in the end: a character per cell, written over where the cursor went back. */
function rewritten(text: string, pen: Pen): { cells: Cell[]; column: number } {
  const cells: Cell[] = [];
  let column = 0;
  for (let i = 0; i < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(i) ?? 0);
    if (character === ESC) {
      const end = sequenceEnd(text, i);
      if (end > i) {
        pen = applied(pen, text, i, end);
        column = moved(cells, column, text, i, end);
        i = end;
        continue;
      }
    }
    i += character.length;
    const before = cells[column - 1];
    if (character === '\r') column = 0;
    else if (character === '\b') column = Math.max(0, column - 1);
    else if (before && JOINS.test(character)) before.text += character;
    else {
      while (cells.length < column) cells.push({ text: ' ', pen: PLAIN });
      cells[column++] = { text: character, pen };
    }
  }
  return { cells, column };
}

/** Where the cursor stands after the sequence at `start`; what it erases is erased. */
function moved(cells: Cell[], column: number, text: string, start: number, end: number): number {
  if (text[start + 1] !== '[') return column;
  const parameter = Number(text.slice(start + 2, end - 1) || NaN);
  switch (text[end - 1]) {
    case 'G':
      return Math.min(Math.max(1, parameter || 1), MAX_SEQUENCE) - 1;
    case 'K':
      if (parameter !== 1) cells.length = parameter === 2 ? 0 : Math.min(cells.length, column);
      else cells.fill({ text: ' ', pen: PLAIN }, 0, column + 1);
      return column;
    default:
      return column;
  }
}

function joined(cells: readonly Cell[]): Span[] {
  const spans: { text: string; pen: Pen }[] = [];
  for (const { text, pen } of cells) {
    const last = spans.at(-1);
    if (last && samePen(last.pen, pen)) last.text += text;
    else spans.push({ text, pen });
  }
  return spans;
}

export function samePen(a: Pen, b: Pen): boolean {
  return (
    a === b ||
    (a.foreground === b.foreground && a.background === b.background && a.attributes === b.attributes)
  );
}

/**
 * Shorter text that comes to the same as a line which goes back over itself, whatever follows in it; undefined when more
 * than `maxColumns` are to be seen of it. A progress bar is one line, however often it is drawn.
 */
export function folded(text: string, pen: Pen, maxColumns: number): string | undefined {
  const { cells, column } = rewritten(text, pen);
  if (cells.length > maxColumns) return undefined;
  const seen = joined(cells).map((span) => styleCodes(span.pen) + span.text);
  return `${seen.join('')}${ESC}[${column + 1}G${styleCodes(penBehind(text, 0, text.length, pen))}`;
}

function styleCodes({ foreground, background, attributes }: Pen): string {
  const codes = ['0'];
  for (const [code, attribute] of Object.entries(SWITCHED_ON)) {
    if (attribute && attributes & attribute && code !== '21') codes.push(code);
  }
  if (foreground) codes.push(`38;${colourCodes(foreground)}`);
  if (background) codes.push(`48;${colourCodes(background)}`);
  return `${ESC}[${codes.join(';')}m`;
}

function colourCodes(colour: Colour): string {
  if (colour < TRUE_COLOUR) return `5;${colour - 1}`;
  const { red, green, blue } = channels(colour);
  return `2;${red};${green};${blue}`;
}

function channels(colour: Colour) {
  return { red: (colour >> 16) & 255, green: (colour >> 8) & 255, blue: colour & 255 };
}

const CUBE_STEPS = [0, 95, 135, 175, 215, 255];

/** Red, green and blue of a colour that is none of the first 16, which the theme chooses. */
export function rgbOf(colour: Colour): [red: number, green: number, blue: number] {
  if (colour >= TRUE_COLOUR) {
    const { red, green, blue } = channels(colour);
    return [red, green, blue];
  }
  const index = colour - 1;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const step = (divisor: number) => CUBE_STEPS[Math.floor((index - 16) / divisor) % 6] ?? 0;
  return [step(36), step(6), step(1)];
}
