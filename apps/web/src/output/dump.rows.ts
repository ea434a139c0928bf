import { BASE64_ROW_BYTES, base64Line, ByteRows, HEX_ROW_BYTES, hexLine } from './byte.rows';
import { unescapedBytes } from './bytes';
import type { OutputStore, Stream } from './output.store';
import type { RowSource } from './row.list';

/** Characters that a row of a dump is wide: offset, pairs and ASCII, or base64. */
const ROW_CHARACTERS = 80;

/** The bytes of one stream, as a hex dump or as base64. */
export class DumpRows implements RowSource {
  private bytes: ByteRows;
  /** Pieces of the output that have been looked at. */
  private taken = 0;

  constructor(
    private readonly output: OutputStore,
    private readonly stream: Stream,
    private readonly kind: 'hex' | 'base64',
  ) {
    this.bytes = this.noBytes();
    this.take();
  }

  get count(): number {
    return this.bytes.rowCount;
  }

  length(index: number): number {
    return index < this.count - 1 ? ROW_CHARACTERS : this.bytes.row(index).length;
  }

  onChange(listener: () => void): () => void {
    return this.output.onChange(() => {
      this.take();
      listener();
    });
  }

  draw(index: number): HTMLElement {
    const bytes = this.bytes.row(index);
    const row = document.createElement('div');
    row.className = 'row dump-row';
    if (this.kind === 'base64') {
      row.append(cell('row-text', base64Line(bytes)));
      return row;
    }
    const { offset, hex, ascii } = hexLine(bytes, index * HEX_ROW_BYTES);
    row.append(cell('dump-offset', offset), cell('dump-hex', hex), cell('dump-ascii', ascii));
    return row;
  }

  private take(): void {
    if (this.output.textCount < this.taken) {
      this.bytes = this.noBytes();
      this.taken = 0;
    }
    for (; this.taken < this.output.textCount; this.taken++) {
      const { stream, text } = this.output.textAt(this.taken);
      if (stream === this.stream) this.bytes.append(unescapedBytes(text));
    }
  }

  private noBytes(): ByteRows {
    return new ByteRows(this.kind === 'hex' ? HEX_ROW_BYTES : BASE64_ROW_BYTES);
  }
}

function cell(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}
