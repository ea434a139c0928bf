import type { OutputEvent } from '@runbin/contracts/follow.events';
import {
  ESC,
  folded,
  INCOMPLETE,
  MAX_SEQUENCE,
  penBehind,
  PLAIN,
  rewrites,
  sequenceEnd,
  type Pen,
} from './ansi';
import { escapedBytes, unescapedBytes, utf8Length } from './bytes';

export type Stream = OutputEvent['stream'];
/** What the store needs of an output event. */
export type OutputPiece = Pick<OutputEvent, 'stream' | 'data' | 'encoding' | 'at_ms'>;

/** A row of the view: a line, or a part of one that is long or that the other stream interrupted. */
export interface Row {
  /** What a terminal would be sent for it, from `pen` on; at most MAX_ROW_CHARACTERS of it. */
  readonly text: string;
  readonly pen: Pen;
  readonly stream: Stream;
  /** Milliseconds from the start of the program. */
  readonly atMs: number;
  /** It goes on with a line of its stream instead of beginning one. */
  readonly continues: boolean;
  /** Characters of it that `text` leaves out; only pictures have rows that long. */
  readonly omitted: number;
}

/** Longer lines are several rows, so that no row costs much to draw. */
export const MAX_ROW_CHARACTERS = 4096;
/** A line that is drawn again and again is kept as one row up to this width. */
const MAX_REDRAWN_COLUMNS = 2048;
/** A longer picture is text. */
export const MAX_PICTURE_CHARACTERS = 12 * 1024 * 1024;
export const PICTURE = 'data:image/';

const ROWS_PER_BLOCK = 1 << 16;

const STDERR = 1;
const CONTINUES = 2;
const HOLDS_PICTURE = 4;

/** Where rows begin and what they are: columns in blocks, since an array of objects would cost ten times as much. */
class RowBlock {
  readonly starts = new Uint32Array(ROWS_PER_BLOCK);
  readonly atMs = new Float32Array(ROWS_PER_BLOCK);
  readonly flags = new Uint8Array(ROWS_PER_BLOCK);
}

/**
 * The output of one run, in the order in which it was written. Only ever appended to: the pieces are kept as they came,
 * and an index says where rows begin in them, so that a piece costs what it holds, however much is there already. Bytes
 * that are no UTF-8 are kept as lone surrogates (bytes.ts): nothing of the output is lost.
 */
export class OutputStore {
  private readonly texts: string[] = [];
  private readonly textStarts: number[] = [];
  private readonly textStreams: Stream[] = [];
  private readonly blocks: RowBlock[] = [];
  /** Rows from which on rows begin with another pen, and that pen; by stream, for each colours its own. */
  private readonly pens = { stdout: new PenChanges(), stderr: new PenChanges() };
  /** Rows that were drawn over so often that their beginning is kept shortened: what comes before `from`. */
  private readonly folds = new Map<number, { text: string; from: number }>();
  private readonly listeners = new Set<() => void>();

  private pen: Record<Stream, Pen> = { stdout: PLAIN, stderr: PLAIN };
  private isMidLine: Record<Stream, boolean> = { stdout: false, stderr: false };
  /** The beginning of a control sequence whose rest has not come yet. */
  private held: Record<Stream, string> = { stdout: '', stderr: '' };
  private byteCounts: Record<Stream, number> = { stdout: 0, stderr: 0 };
  private rows = 0;
  private lines = 0;
  private length = 0;
  /** Whether more may be written into the last row. */
  private isOpen = false;
  private lastAtMs = 0;
  private changes = 0;
  private textual = true;

  get rowCount(): number {
    return this.rows;
  }

  /** Lines of both streams, counting one that has not ended. */
  get lineCount(): number {
    return this.lines;
  }

  /** Grows with every change; a snapshot for whoever compares. */
  get version(): number {
    return this.changes;
  }

  /** Whether all of it is UTF-8. */
  get isText(): boolean {
    return this.textual;
  }

  byteCount(stream: Stream): number {
    return this.byteCounts[stream];
  }

  /** Calls back after each change until the answer is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  append({ stream, data, encoding, at_ms }: OutputPiece): void {
    const text = encoding === 'base64' ? escapedBytes(data) : data;
    if (encoding === 'base64') this.textual = false;
    this.byteCounts[stream] += utf8Length(text);
    this.lastAtMs = at_ms;
    const whole = this.held[stream] + text;
    const cut = heldFrom(whole);
    this.held[stream] = whole.slice(cut);
    this.write(stream, whole.slice(0, cut));
    this.changed();
  }

  /** Nothing follows: what was held back is shown as it is. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = this.held[stream];
      this.held[stream] = '';
      this.write(stream, text);
    }
    this.changed();
  }

  clear(): void {
    for (const list of [this.texts, this.textStarts, this.textStreams, this.blocks]) list.length = 0;
    this.pens.stdout.clear();
    this.pens.stderr.clear();
    this.folds.clear();
    this.pen = { stdout: PLAIN, stderr: PLAIN };
    this.isMidLine = { stdout: false, stderr: false };
    this.held = { stdout: '', stderr: '' };
    this.byteCounts = { stdout: 0, stderr: 0 };
    this.rows = this.lines = this.length = this.lastAtMs = 0;
    this.isOpen = false;
    this.textual = true;
    this.changed();
  }

  /** The row `index` from 0, below `rowCount`. */
  row(index: number): Row {
    const flags = this.flagsOf(index);
    const stream = flags & STDERR ? 'stderr' : 'stdout';
    const fold = this.folds.get(index);
    const from = fold?.from ?? this.startOf(index);
    const end = this.endOf(index);
    const text = (fold?.text ?? '') + this.slice(from, Math.min(end, from + MAX_ROW_CHARACTERS));
    return {
      text: withoutLineEnd(text),
      pen: this.pens[stream].at(index),
      stream,
      atMs: this.blockOf(index).atMs[index % ROWS_PER_BLOCK] ?? 0,
      continues: (flags & CONTINUES) !== 0,
      omitted: Math.max(0, end - from - MAX_ROW_CHARACTERS),
    };
  }

  /** All that a row holds; undefined when it is longer than a picture may be. */
  wholeRow(index: number): string | undefined {
    const start = this.startOf(index);
    const end = this.endOf(index);
    return end - start < MAX_PICTURE_CHARACTERS ? withoutLineEnd(this.slice(start, end)) : undefined;
  }

  /** About how many characters of a row there are to draw, told without looking at them. */
  rowLength(index: number): number {
    const fold = this.folds.get(index);
    const characters = this.endOf(index) - (fold?.from ?? this.startOf(index));
    return Math.min(characters, MAX_ROW_CHARACTERS) + (fold?.text.length ?? 0);
  }

  /** How many pieces of text there are: `textAt` tells those below. */
  get textCount(): number {
    return this.texts.length;
  }

  /** What came, in its order, control sequences and all. */
  textAt(index: number): { stream: Stream; text: string } {
    return { stream: this.textStreams[index] ?? 'stdout', text: this.texts[index] ?? '' };
  }

  /** What a stream, or both in their order, wrote, byte for byte. */
  bytes(stream?: Stream): Uint8Array<ArrayBuffer>[] {
    const of = this.textStreams;
    return this.texts.filter((_, i) => !stream || of[i] === stream).map(unescapedBytes);
  }

  private write(stream: Stream, text: string): void {
    if (text === '') return;
    const base = this.length;
    this.texts.push(text);
    this.textStarts.push(base);
    this.textStreams.push(stream);
    this.length += text.length;
    if (this.isOpen && this.streamOf(this.rows - 1) !== stream) this.isOpen = false;
    const hasStyles = text.includes(ESC);
    for (let at = 0; at < text.length;) {
      const lineFeed = text.indexOf('\n', at);
      const end = lineFeed === -1 ? text.length : lineFeed + 1;
      this.writeWithinLine(stream, text, at, end, hasStyles);
      at = end;
      if (lineFeed !== -1) this.isOpen = this.isMidLine[stream] = false;
    }
  }

  /** Takes text from `at` to `end` into the last row, and into as many more as it needs. */
  private writeWithinLine(stream: Stream, text: string, at: number, end: number, hasStyles: boolean): void {
    const base = this.length - text.length;
    while (at < end) {
      if (!this.isOpen) this.beginRow(stream, base + at);
      const until = this.breakWithin(this.rows - 1, base + end) - base;
      if (hasStyles) this.pen[stream] = penBehind(text, at, until, this.pen[stream]);
      at = until;
      if (at < end) this.breakRow(stream, base + at);
    }
  }

  /** Offset at which a row that went on to `end` would become too long; `end` when it would not. */
  private breakWithin(row: number, end: number): number {
    const start = this.startOf(row);
    if (this.flagsOf(row) & HOLDS_PICTURE) return Math.min(end, start + MAX_PICTURE_CHARACTERS);
    const from = this.folds.get(row)?.from ?? start;
    if (end - from <= MAX_ROW_CHARACTERS) return end;
    return from + breakIn(this.slice(from, from + MAX_ROW_CHARACTERS));
  }

  /** The last row has become too long at `offset`: it is a picture, or is shortened, or another one begins. */
  private breakRow(stream: Stream, offset: number): void {
    const row = this.rows - 1;
    const start = this.startOf(row);
    const fold = this.folds.get(row);
    if (!(this.flagsOf(row) & HOLDS_PICTURE)) {
      const text = (fold?.text ?? '') + this.slice(fold?.from ?? start, offset);
      if (!fold && text.includes(PICTURE)) {
        this.mark(row, HOLDS_PICTURE);
        return;
      }
      if (rewrites(text)) {
        const shorter = folded(text, this.pens[stream].at(row), MAX_REDRAWN_COLUMNS);
        if (shorter !== undefined) {
          this.folds.set(row, { text: shorter, from: offset });
          return;
        }
      }
    }
    this.isOpen = false;
  }

  private beginRow(stream: Stream, offset: number): void {
    const row = this.rows++;
    if (row % ROWS_PER_BLOCK === 0) this.blocks.push(new RowBlock());
    const block = this.blockOf(row);
    block.starts[row % ROWS_PER_BLOCK] = offset;
    block.atMs[row % ROWS_PER_BLOCK] = this.lastAtMs;
    block.flags[row % ROWS_PER_BLOCK] =
      (stream === 'stderr' ? STDERR : 0) | (this.isMidLine[stream] ? CONTINUES : 0);
    if (!this.isMidLine[stream]) this.lines++;
    this.pens[stream].set(row, this.pen[stream]);
    this.isOpen = this.isMidLine[stream] = true;
  }

  private changed(): void {
    this.changes++;
    for (const listener of [...this.listeners]) listener();
  }

  private blockOf(row: number): RowBlock {
    const block = this.blocks[Math.floor(row / ROWS_PER_BLOCK)];
    if (!block) throw new RangeError(`There is no row ${row}.`);
    return block;
  }

  private startOf(row: number): number {
    return this.blockOf(row).starts[row % ROWS_PER_BLOCK] ?? 0;
  }

  private endOf(row: number): number {
    return row + 1 < this.rows ? this.startOf(row + 1) : this.length;
  }

  private flagsOf(row: number): number {
    return this.blockOf(row).flags[row % ROWS_PER_BLOCK] ?? 0;
  }

  private streamOf(row: number): Stream {
    return this.flagsOf(row) & STDERR ? 'stderr' : 'stdout';
  }

  private mark(row: number, flag: number): void {
    this.blockOf(row).flags[row % ROWS_PER_BLOCK] = this.flagsOf(row) | flag;
  }

  private slice(start: number, end: number): string {
    let text = '';
    for (let i = lastNotAbove(this.textStarts, start); i < this.texts.length; i++) {
      const base = this.textStarts[i] ?? 0;
      if (base >= end) break;
      text += this.texts[i]?.slice(Math.max(0, start - base), end - base) ?? '';
    }
    return text;
  }
}

/** Pens of rows, where most have the one of the row before. */
class PenChanges {
  private readonly rows: number[] = [];
  private readonly pens: Pen[] = [];

  set(row: number, pen: Pen): void {
    if ((this.pens.at(-1) ?? PLAIN) === pen) return;
    this.rows.push(row);
    this.pens.push(pen);
  }

  at(row: number): Pen {
    if (row < (this.rows[0] ?? Infinity)) return PLAIN;
    return this.pens[lastNotAbove(this.rows, row)] ?? PLAIN;
  }

  clear(): void {
    this.rows.length = this.pens.length = 0;
  }
}

/** Index of the last number that is not above `value`, in numbers that grow; 0 when all are. */
function lastNotAbove(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? Infinity) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** From where on a text waits for the rest of a control sequence; its length when it waits for none. */
function heldFrom(text: string): number {
  let at = text.indexOf(ESC, Math.max(0, text.length - MAX_SEQUENCE));
  while (at !== -1) {
    const end = sequenceEnd(text, at);
    if (end === INCOMPLETE) return at;
    at = text.indexOf(ESC, Math.max(end, at + 1));
  }
  return text.length;
}

/** Where a row that is too long can end: not in a control sequence, nor between the halves of a character. */
function breakIn(text: string): number {
  const held = heldFrom(text);
  if (held < text.length && held > 0) return held;
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last < 0xdc00 ? text.length - 1 : text.length;
}

function withoutLineEnd(text: string): string {
  if (!text.endsWith('\n')) return text;
  return text.slice(0, text.endsWith('\r\n') ? -2 : -1);
}
