import { RowLayout, type RowLengths } from './row.layout';

/** Rows that can be drawn. All but the last stay as they are, until `onChange` tells that there are fewer. */
export interface RowSource extends RowLengths {
  draw(index: number): HTMLElement;
  onChange(listener: () => void): () => void;
}

export interface RowListOptions {
  /** Name of the list, for who does not see it. */
  readonly label: string;
  /** Whether rows are broken where the list ends; else the list scrolls sideways. */
  readonly wraps: boolean;
  /** Called when the list begins or ceases to follow its end. */
  readonly onFollow?: (isFollowing: boolean) => void;
}

/** Up to so many rows all are drawn, and nothing has to be reckoned. */
const FEW_ROWS = 300;
/** Rows that are drawn beyond both ends of what is to be seen, in pixels. */
const OVERSCAN_PX = 400;
/** Browsers know no higher element; the least of them bears 17 million. */
const MAX_HEIGHT_PX = 8_000_000;
/** Farther than this the list was not scrolled but moved. */
const JUMP_PX = 4_000;
/** Closer to the end than this is at the end. */
const AT_END_PX = 24;
/** Nothing is scrolled any more, where the browser does not tell. */
const REST_MS = 120;
const TELLS_REST = 'onscrollend' in document;

/** What is to be seen at the upper edge: a row, and how many pixels of it are above. */
interface Anchor {
  row: number;
  offset: number;
}

/**
 * A list of very many rows of unlike heights, of which those are drawn that are to be seen.
 *
 * It is anchored: what counts is which row stands at the upper edge. Scrolling a little moves the rows by as much, by the
 * heights that they have; the scroll bar, which reckons with heights that they may have (RowLayout), is set right when
 * the scrolling rests, and stands for all rows though no element could be as high as they are together. Scrolling far
 * goes to where the scroll bar is, also in the last frames of a smooth scrolling, which are slow.
 */
export class RowList {
  readonly element: HTMLElement;
  private readonly space = document.createElement('div');
  private readonly drawn = document.createElement('div');
  /** Elements that are drawn, by row, and how long their rows were then. */
  private readonly elements = new Map<number, { element: HTMLElement; length: number }>();
  private readonly sizes = new ResizeObserver(() => this.measure());
  /** Pictures in rows have no size before they are there. */
  private readonly growth = new ResizeObserver(() => this.grown());
  private readonly stopListening: () => void;
  private layout: RowLayout;
  private anchor: Anchor = { row: 0, offset: 0 };
  /** Rows that are drawn: from `first`, below `last`. */
  private first = 0;
  private last = 0;
  private follows = true;
  private frame = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;
  /** Since the last rest it was moved, not scrolled. */
  private jumps = false;
  /** Where we have set the scroll bar: what it tells of that is no scrolling. */
  private ownTop = 0;
  private lastCount = 0;
  private lineHeight = 0;
  private characterWidth = 0;
  private wraps = false;

  constructor(
    private readonly source: RowSource,
    private readonly options: RowListOptions,
  ) {
    this.layout = new RowLayout(source, Infinity);
    this.element = document.createElement('div');
    this.element.className = 'rows';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'region');
    this.element.setAttribute('aria-label', options.label);
    this.space.className = 'rows-space';
    this.drawn.className = 'rows-drawn';
    this.space.append(this.drawn);
    this.element.append(this.space);
    this.element.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.element.addEventListener('scrollend', () => this.rested());
    this.element.addEventListener('keydown', (event) => this.pressed(event));
    this.sizes.observe(this.element);
    this.growth.observe(this.drawn);
    this.stopListening = source.onChange(() => this.request());
    this.setWraps(options.wraps);
  }

  get isFollowing(): boolean {
    return this.follows;
  }

  /** Goes to the end and stays there, or stays where it is. */
  setFollowing(follows: boolean): void {
    if (this.follows === follows) return;
    this.follows = follows;
    this.options.onFollow?.(follows);
    this.request();
  }

  setWraps(wraps: boolean): void {
    this.wraps = wraps;
    this.element.classList.toggle('rows-wrapped', wraps);
    this.relayout();
  }

  /** Draws every row anew: they look different now. */
  redraw(): void {
    this.forget();
    this.request();
  }

  /** Brings a row into view. */
  show(row: number): void {
    this.setFollowing(false);
    const above = this.element.clientHeight / 3;
    this.anchor = { row: Math.min(Math.max(0, row), Math.max(0, this.source.count - 1)), offset: -above };
    this.draw();
    if (this.source.count <= FEW_ROWS) this.setTop((this.elementOf(row)?.offsetTop ?? 0) - above);
    else this.settle();
  }

  /** The drawn element of a row, if it is drawn. */
  elementOf(row: number): HTMLElement | undefined {
    return this.elements.get(row)?.element;
  }

  dispose(): void {
    this.stopListening();
    this.sizes.disconnect();
    this.growth.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
    this.element.remove();
  }

  private request(): void {
    if (this.frame === 0) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.draw();
      });
    }
  }

  /** Sizes of the list or of its letters have changed. */
  private measure(): void {
    const probe = document.createElement('span');
    probe.className = 'rows-probe';
    probe.textContent = 'x'.repeat(100);
    this.drawn.append(probe);
    const { width, height } = probe.getBoundingClientRect();
    probe.remove();
    if (width === 0) return;
    const isSame = this.lineHeight === height && Math.abs(this.characterWidth - width / 100) < 0.001;
    this.lineHeight = height;
    this.characterWidth = width / 100;
    if (!isSame || this.columns() !== this.layout.columns) this.relayout();
    else this.request();
  }

  private grown(): void {
    if (this.follows) this.request();
    else if (this.source.count > FEW_ROWS) this.place();
  }

  private columns(): number {
    if (!this.wraps || this.characterWidth === 0) return Infinity;
    const text = this.drawn.firstElementChild?.lastElementChild;
    const width = text?.getBoundingClientRect().width ?? this.element.clientWidth;
    return Math.max(1, Math.floor(width / this.characterWidth));
  }

  private relayout(): void {
    this.layout = new RowLayout(this.source, this.columns());
    this.request();
  }

  private draw(): void {
    const { count } = this.source;
    if (count < this.lastCount) {
      this.forget();
      this.anchor = { row: 0, offset: 0 };
      if (count === 0) this.setFollowing(true);
    }
    this.lastCount = count;
    if (this.lineHeight === 0) this.measure();
    this.noticeScroll();
    this.layout.update();
    if (count <= FEW_ROWS) this.drawAll(count);
    else this.drawWindow(count);
  }

  private drawAll(count: number): void {
    this.put(0, count);
    this.space.style.height = '';
    this.drawn.style.transform = '';
    this.drawn.classList.remove('rows-drawn-apart');
    if (this.follows) this.setTop(this.element.scrollHeight - this.element.clientHeight);
  }

  private drawWindow(count: number): void {
    const view = this.element.clientHeight;
    this.drawn.classList.add('rows-drawn-apart');
    this.space.style.height = `${this.spaceHeight()}px`;
    if (this.follows) {
      this.drawEnd(count, view);
      return;
    }
    this.drawAround(count, view);
    // Beyond an end there is nothing: the anchor is drawn back to it.
    const below = this.hiddenBelow();
    if (below < 0 && this.last === count) {
      this.anchor.offset += below;
      this.normalise();
    }
    if (this.first === 0 && this.hiddenAbove() < 0) this.anchor = { row: 0, offset: 0 };
    this.place();
  }

  /** Draws the last rows, with the end of the last at the lower edge. */
  private drawEnd(count: number, view: number): void {
    const lines = Math.ceil((view + OVERSCAN_PX) / this.lineHeight);
    const from = this.layout.rowAt(this.layout.lineCount - lines).row;
    this.put(from, count);
    this.setTop(this.spaceHeight() - view);
    const hidden = Math.max(0, this.drawn.offsetHeight - view);
    this.anchor = { row: from, offset: hidden };
    this.normalise();
    this.place();
  }

  private drawAround(count: number, view: number): void {
    const { row, offset } = this.anchor;
    const before = Math.ceil((OVERSCAN_PX + Math.max(0, -offset)) / this.lineHeight);
    const behind = Math.ceil((view + OVERSCAN_PX + Math.max(0, offset)) / this.lineHeight);
    const line = this.layout.lineOf(row);
    const from = this.layout.rowAt(line - before).row;
    const end = Math.min(count, this.layout.rowAt(line + behind).row + 1);
    this.put(Math.min(from, row), Math.max(end, row + 1));
  }

  /** Draws the rows from `first` up to `last`, and no others. */
  private put(first: number, last: number): void {
    for (const [row, { element, length }] of this.elements) {
      if (row >= first && row < last && (row < last - 1 || length === this.source.length(row))) continue;
      // A row that was the last one may have grown since.
      element.remove();
      this.elements.delete(row);
    }
    let next: Element | null = this.drawn.firstElementChild;
    for (let row = first; row < last; row++) {
      const known = this.elements.get(row);
      const length = this.source.length(row);
      if (known?.length === length) {
        next = known.element.nextElementSibling;
        continue;
      }
      known?.element.remove();
      const element = this.source.draw(row);
      this.elements.set(row, { element, length });
      const behind = this.elements.get(row - 1)?.element;
      if (behind?.parentElement === this.drawn) behind.after(element);
      else this.drawn.insertBefore(element, next);
      next = element.nextElementSibling;
    }
    this.first = first;
    this.last = last;
  }

  private forget(): void {
    for (const { element } of this.elements.values()) element.remove();
    this.elements.clear();
    this.first = this.last = 0;
  }

  private scrolled(): void {
    if (!this.noticeScroll() || this.source.count <= FEW_ROWS) return;
    this.draw();
    if (!TELLS_REST) {
      clearTimeout(this.rest);
      this.rest = setTimeout(() => this.rested(), REST_MS);
    }
    const { isAtEnd } = this;
    if (!this.follows && isAtEnd && this.isEndShown()) this.setFollowing(true);
    // The scroll bar has come to an end before the rows have.
    else if (isAtEnd || this.ownTop <= 0) this.settle();
  }

  /** Home and End at once: through millions of pixels there is nothing to be seen, and Chromium drops a key now and then. */
  private pressed(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === 'Home') this.show(0);
    else if (event.key === 'End') this.setFollowing(true);
    else return;
    event.preventDefault();
  }

  private rested(): void {
    this.scrolled();
    this.jumps = false;
    this.settle();
  }

  /** Takes account of what was scrolled since we last looked. @returns whether anything was */
  private noticeScroll(): boolean {
    const top = this.element.scrollTop;
    const moved = top - this.ownTop;
    if (Math.abs(moved) < 1) return false;
    this.ownTop = top;
    if (this.source.count <= FEW_ROWS) {
      this.setFollowing(this.isAtEnd);
      return true;
    }
    // When the list becomes higher its end moves down, and the scroll bar with it.
    if (this.follows && moved < 0 && !this.isAtEnd) {
      this.follows = false;
      this.options.onFollow?.(false);
    }
    this.jumps ||= Math.abs(moved) >= JUMP_PX;
    if (this.jumps) {
      this.anchor = this.anchorAt(top);
    } else {
      this.anchor.offset += moved;
      this.normalise();
    }
    return true;
  }

  private get isAtEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollTop >= scrollHeight - clientHeight - AT_END_PX;
  }

  private isEndShown(): boolean {
    return this.last === this.source.count && this.hiddenBelow() <= AT_END_PX;
  }

  /** Pixels of drawn rows that are above the upper edge, and below the lower one. */
  private hiddenAbove(): number {
    return this.heightOf(this.first, this.anchor.row) + this.anchor.offset;
  }

  private hiddenBelow(): number {
    return this.drawn.offsetHeight - this.hiddenAbove() - this.element.clientHeight;
  }

  /** Makes that row the anchor which is at the upper edge, by the heights of what is drawn. */
  private normalise(): void {
    const { anchor } = this;
    while (anchor.offset < 0 && anchor.row > this.first) {
      anchor.row--;
      anchor.offset += this.heightOf(anchor.row, anchor.row + 1);
    }
    while (anchor.row < this.last - 1) {
      const height = this.heightOf(anchor.row, anchor.row + 1);
      if (anchor.offset < height) break;
      anchor.row++;
      anchor.offset -= height;
    }
  }

  /** Pixels that drawn rows take together. */
  private heightOf(from: number, end: number): number {
    const first = this.elements.get(from)?.element;
    if (!first || end <= from) return 0;
    const behind = this.elements.get(end)?.element;
    return (behind ? behind.offsetTop : this.drawn.offsetHeight) - first.offsetTop;
  }

  /** Moves the drawn rows to where the anchor is at the upper edge. */
  private place(): void {
    this.drawn.style.transform = `translateY(${this.ownTop - this.hiddenAbove()}px)`;
  }

  /** Sets the scroll bar to where the anchor is among all rows; nothing moves to the eye. */
  private settle(): void {
    if (this.source.count <= FEW_ROWS || this.follows) return;
    let top = this.topOf(this.anchor);
    // Close to an end it is known how much is left: the bar must not come there before the rows do.
    if (this.first === 0) top = Math.max(top, this.hiddenAbove());
    if (this.last === this.source.count)
      top = Math.min(top, this.spaceHeight() - this.element.clientHeight - Math.max(0, this.hiddenBelow()));
    this.setTop(top);
    this.place();
  }

  private setTop(top: number): void {
    const limit = Math.max(0, this.element.scrollHeight - this.element.clientHeight);
    const wanted = Math.max(0, Math.min(Math.round(top), limit));
    if (Math.abs(this.element.scrollTop - wanted) >= 1) this.element.scrollTop = wanted;
    this.ownTop = this.element.scrollTop;
  }

  private spaceHeight(): number {
    return Math.min(MAX_HEIGHT_PX, this.layout.lineCount * this.lineHeight);
  }

  /** Where the scroll bar stands for an anchor. */
  private topOf({ row, offset }: Anchor): number {
    const view = this.element.clientHeight;
    const all = this.layout.lineCount * this.lineHeight - view;
    const at = this.layout.lineOf(row) * this.lineHeight + offset;
    return all <= 0 ? 0 : (at / all) * (this.spaceHeight() - view);
  }

  /** The inverse. */
  private anchorAt(top: number): Anchor {
    const view = this.element.clientHeight;
    const room = this.spaceHeight() - view;
    const all = this.layout.lineCount * this.lineHeight - view;
    const line = room <= 0 ? 0 : ((top / room) * all) / this.lineHeight;
    const { row, linesIn } = this.layout.rowAt(line);
    return { row, offset: linesIn * this.lineHeight };
  }
}
