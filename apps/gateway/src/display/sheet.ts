import { escapeHtml, Html } from '../http/html';
import { DECEPTIVE, nameOf } from './deceptive';
import type { StyledText } from './styled.text';

/** What is cut is cut between chunks. */
const CHUNK_CHARACTERS = 4096;

const END_OF_LINE = '\n</span>';

/** Most text is; then there is nothing to look for. */
const PLAIN = /^[\t\n\r -~]*$/;

/** Characters of HTML that a page has left; all its sheets take from it. */
export interface Room {
  characters: number;
}

/**
 * Text that becomes HTML until there is no more room: what a stranger wrote decides how much longer its HTML is than
 * itself, so the bound is on what comes out.
 */
export class Sheet {
  private readonly parts: string[] = [];
  private cut = false;
  private overlong = false;
  private lineNumber = 0;
  private inLine = false;

  /** @param linePrefix of the ids of lines; undefined: the text is not in numbered lines */
  constructor(
    private readonly room: Room,
    private readonly linePrefix?: string,
  ) {}

  /** Not everything that was written is there. */
  get isCut(): boolean {
    return this.cut || this.overlong;
  }

  /** Nothing more goes in. */
  get isFull(): boolean {
    return this.cut;
  }

  get isEmpty(): boolean {
    return this.parts.length === 0;
  }

  /** As much of a text as there can be room for; the rest counts as cut. */
  beginningOf(text: string): string {
    if (text.length <= this.room.characters) return text;
    this.overlong = true;
    return text.slice(0, this.room.characters);
  }

  write({ text, style }: StyledText): void {
    if (this.linePrefix === undefined) return this.span(text, style);
    let start = 0;
    while (start < text.length && !this.cut) {
      if (!this.inLine) this.beginLine();
      const newline = text.indexOf('\n', start);
      const end = newline === -1 ? text.length : newline;
      this.span(text.slice(start, end), style);
      if (newline !== -1) this.endLine();
      start = end + 1;
    }
  }

  /** Something that is not text. */
  put({ text }: Html): void {
    this.push(text);
  }

  html(): Html {
    if (this.inLine) this.endLine();
    return new Html(this.parts.join(''));
  }

  private beginLine(): void {
    this.lineNumber += 1;
    this.inLine = this.push(`<span class="l" id="${this.linePrefix ?? ''}${this.lineNumber}">`);
  }

  private endLine(): void {
    this.inLine = false;
    this.parts.push(END_OF_LINE);
    this.room.characters -= END_OF_LINE.length;
  }

  private span(text: string, style: string): void {
    if (text === '' || this.cut) return;
    const at = this.parts.length;
    this.plain(text);
    if (style === '' || this.parts.length === at) return;
    this.parts.splice(at, 0, `<span class="${style}">`);
    this.parts.push('</span>');
    this.room.characters -= style.length + 22;
  }

  private plain(text: string): void {
    if (PLAIN.test(text)) return this.escaped(text);
    let end = 0;
    for (const { 0: character, index } of text.matchAll(DECEPTIVE)) {
      this.escaped(text.slice(end, index));
      if (!this.push(`<span class="u">${nameOf(character)}</span>`)) return;
      end = index + character.length;
    }
    this.escaped(text.slice(end));
  }

  private escaped(text: string): void {
    // In chunks, since what is escaped can be six times as long.
    for (let at = 0; at < text.length && !this.cut; at += CHUNK_CHARACTERS) {
      this.push(escapeHtml(text.slice(at, at + CHUNK_CHARACTERS)));
    }
  }

  private push(html: string): boolean {
    if (this.cut || html.length > this.room.characters) this.cut = true;
    else {
      this.parts.push(html);
      this.room.characters -= html.length;
    }
    return !this.cut;
  }
}
