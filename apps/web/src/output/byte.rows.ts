/** Bytes in pieces as they came, read in rows. */
export class ByteRows {
  private readonly starts: number[] = [];
  private readonly pieces: Uint8Array[] = [];
  private total = 0;

  constructor(readonly rowBytes: number) {}

  get byteCount(): number {
    return this.total;
  }

  get rowCount(): number {
    return Math.ceil(this.total / this.rowBytes);
  }

  append(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.starts.push(this.total);
    this.pieces.push(piece);
    this.total += piece.length;
  }

  /** The bytes of a row; fewer than `rowBytes` in the last. */
  row(index: number): Uint8Array {
    const start = index * this.rowBytes;
    const bytes = new Uint8Array(Math.max(0, Math.min(this.rowBytes, this.total - start)));
    for (let i = this.pieceAt(start), filled = 0; filled < bytes.length; i++) {
      const piece = this.pieces[i];
      if (!piece) break;
      const from = start + filled - (this.starts[i] ?? 0);
      const part = piece.subarray(from, from + bytes.length - filled);
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }

  private pieceAt(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? Infinity) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Bytes of one line of a dump. */
export const HEX_ROW_BYTES = 16;
/** Bytes of one line of base64, which is 76 characters long as in mail. */
export const BASE64_ROW_BYTES = 57;

export interface HexLine {
  /** `000001f0` */
  readonly offset: string;
  /** `68 65 6c 6c 6f …`, a wider gap in the middle, padded to full width. */
  readonly hex: string;
  /** Printable ASCII, else a dot. */
  readonly ascii: string;
}

export function hexLine(bytes: Uint8Array, offset: number): HexLine {
  const pairs = Array.from(
    { length: HEX_ROW_BYTES },
    (_, i) => bytes[i]?.toString(16).padStart(2, '0') ?? '  ',
  );
  const half = HEX_ROW_BYTES / 2;
  return {
    offset: offset.toString(16).padStart(8, '0'),
    hex: `${pairs.slice(0, half).join(' ')}  ${pairs.slice(half).join(' ')}`,
    ascii: String.fromCharCode(...bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? byte : 0x2e))),
  };
}

export function base64Line(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
