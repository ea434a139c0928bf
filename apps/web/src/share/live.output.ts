import { penBehind, PLAIN, type Pen, spansOf } from '../output/ansi';
import { escapedBytes } from '../output/bytes';
import type { OutputPiece, Stream } from '../output/output.store';
import { visibleParts } from '../output/visible';
import { dress } from './pen.classes';

/** More is not shown; the page and its downloads have all of it. */
const MAX_CHARACTERS = 512 * 1024;

/** A longer line goes on in another element, so that drawing it again costs little. */
const MAX_LINE_CHARACTERS = 4096;

/** A line that more may be written into. */
interface OpenLine {
  readonly element: HTMLElement;
  readonly stream: Stream;
  readonly pen: Pen;
  text: string;
}

/** Output as it comes, in the looks of the page: both streams in one, told apart, lines drawn over as a terminal does. */
export class LiveOutput {
  private line: OpenLine | undefined;
  private pens: Record<Stream, Pen> = { stdout: PLAIN, stderr: PLAIN };
  private shown = 0;

  constructor(private readonly place: HTMLElement) {}

  get isCut(): boolean {
    return this.shown >= MAX_CHARACTERS;
  }

  append({ stream, data, encoding }: Pick<OutputPiece, 'stream' | 'data' | 'encoding'>): void {
    if (this.isCut) return;
    const text = encoding === 'base64' ? escapedBytes(data) : data;
    const isAtEnd = this.place.scrollTop + this.place.clientHeight >= this.place.scrollHeight - 4;
    for (const line of text.slice(0, MAX_CHARACTERS - this.shown).split(/(?<=\n)/)) {
      for (let at = 0; at < line.length; at += MAX_LINE_CHARACTERS) {
        this.write(stream, line.slice(at, at + MAX_LINE_CHARACTERS));
      }
    }
    this.shown += text.length;
    if (isAtEnd) this.place.scrollTop = this.place.scrollHeight;
  }

  clear(): void {
    this.place.replaceChildren();
    this.line = undefined;
    this.pens = { stdout: PLAIN, stderr: PLAIN };
    this.shown = 0;
  }

  /** Nothing follows. */
  end(): void {
    this.line = undefined;
  }

  private write(stream: Stream, text: string): void {
    if (text === '') return;
    const line = this.line?.stream === stream ? this.line : this.begin(stream);
    line.text += text;
    const isWhole = line.text.endsWith('\n');
    const body = isWhole ? line.text.slice(0, -1) : line.text;
    line.element.replaceChildren(...nodesOf(body, line.pen), isWhole ? '\n' : '');
    this.pens[stream] = penBehind(line.text, 0, line.text.length, line.pen);
    if (isWhole || line.text.length > MAX_LINE_CHARACTERS) this.line = undefined;
  }

  private begin(stream: Stream): OpenLine {
    const element = document.createElement('span');
    if (stream === 'stderr') element.className = 'e';
    this.place.append(element);
    return (this.line = { element, stream, pen: this.pens[stream], text: '' });
  }
}

/** Text nodes and elements only: what a program wrote is never markup. */
function nodesOf(line: string, pen: Pen): Node[] {
  return spansOf(line, pen).map((span) => {
    const element = document.createElement('span');
    dress(element, span.pen);
    for (const part of visibleParts(span.text)) {
      if (typeof part === 'string') element.append(part);
      else {
        const mark = document.createElement('span');
        mark.className = 'u';
        mark.textContent = part.label;
        mark.title = part.title;
        element.append(mark);
      }
    }
    return element;
  });
}
