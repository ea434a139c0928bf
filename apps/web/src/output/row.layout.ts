/** Rows whose heights are not known before they are drawn; how long each is, is. */
export interface RowLengths {
  readonly count: number;
  /** Characters of a row, about. */
  length(index: number): number;
}

const ROWS_PER_BLOCK = 1024;

/**
 * Where each of very many rows stands, in lines of text, as far as that can be told without drawing them: a row takes as
 * many lines as its characters fill. Kept by blocks of rows, so that a million of them cost some thousand numbers, and
 * rows that are appended cost what they are.
 */
export class RowLayout {
  /** Lines above each block, and at the end all of them. */
  private readonly above: number[] = [0];
  /** Rows in blocks that are complete. */
  private settled = 0;
  private total = 0;
  private count = 0;

  /** @param columns characters that fit into a line; Infinity: lines are not broken */
  constructor(
    private readonly rows: RowLengths,
    readonly columns: number,
  ) {}

  /** Takes account of rows that were appended, and of the last that has grown. */
  update(): void {
    this.count = this.rows.count;
    while (this.count - this.settled > ROWS_PER_BLOCK) {
      const end = this.settled + ROWS_PER_BLOCK;
      this.above.push((this.above.at(-1) ?? 0) + this.lines(this.settled, end));
      this.settled = end;
    }
    this.total = (this.above.at(-1) ?? 0) + this.lines(this.settled, this.count);
  }

  /** Lines of all rows. */
  get lineCount(): number {
    return this.total;
  }

  /** Lines above a row. */
  lineOf(row: number): number {
    const block = Math.min(Math.floor(row / ROWS_PER_BLOCK), this.above.length - 1);
    return (this.above[block] ?? 0) + this.lines(block * ROWS_PER_BLOCK, row);
  }

  /** The row in which a line is, and how many lines of that row are above it. */
  rowAt(line: number): { row: number; linesIn: number } {
    if (this.count === 0) return { row: 0, linesIn: 0 };
    let left = Math.max(0, Math.min(line, this.total));
    let low = 0;
    let high = this.above.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.above[middle] ?? Infinity) <= left) low = middle;
      else high = middle - 1;
    }
    left -= this.above[low] ?? 0;
    for (let row = low * ROWS_PER_BLOCK; row < this.count; row++) {
      const own = this.lines(row, row + 1);
      if (left < own || row === this.count - 1) return { row, linesIn: Math.min(left, own) };
      left -= own;
    }
    return { row: this.count - 1, linesIn: 0 };
  }

  /** Lines that rows take together. */
  private lines(from: number, end: number): number {
    if (this.columns === Infinity) return Math.max(0, end - from);
    let lines = 0;
    for (let row = from; row < end; row++)
      lines += Math.max(1, Math.ceil(this.rows.length(row) / this.columns));
    return lines;
  }
}
