import {
  OUTPUT_PAGE_BYTES,
  type OutputChunk,
  type OutputEnd,
  type OutputMessage,
  type OutputPage,
  type OutputRead,
} from '@runbin/contracts/live';
import type { OutputLog } from '@runbin/contracts/result';
import { encodeBytes } from '@runbin/contracts/text';
import { MESSAGE_VERSION } from '@runbin/contracts/work';

/** What is published as one piece. */
export interface Written {
  readonly stream: OutputChunk['stream'];
  /** Whole milliseconds: what is heard live and what is read later say the same. */
  readonly at_ms: number;
  readonly bytes: Buffer;
}

/** What an object in a list costs besides what it holds, roughly. */
const PIECE_COST_BYTES = 256;

/**
 * What one attempt has published, for whoever reads it late. Bytes are held as they came and made text when they are
 * asked for: of a flood they are the ones that its result is made of.
 */
export class OutputRecord {
  private readonly pieces: Written[] = [];
  private bytes = 0;
  private hasEnded = false;

  constructor(private readonly run: Pick<OutputMessage, 'submission_id' | 'attempt' | 'picked_at'>) {}

  /** How many pieces there are. */
  get written(): number {
    return this.pieces.length;
  }

  get costBytes(): number {
    return this.bytes + this.pieces.length * PIECE_COST_BYTES;
  }

  get log(): OutputLog {
    return this.pieces.map(({ stream, at_ms, bytes }) => [stream, at_ms, bytes.length]);
  }

  add(piece: Written): OutputChunk {
    this.bytes += piece.bytes.length;
    return this.chunk(piece, this.pieces.push(piece) - 1);
  }

  end(): OutputEnd {
    this.hasEnded = true;
    return { ...this.head(this.written), final: true };
  }

  /** What follows a place, as much as a page takes. */
  page(from: Pick<OutputRead, 'attempt' | 'seq'>): OutputPage {
    const { attempt, picked_at } = this.run;
    const chunks: OutputChunk[] = [];
    let room = OUTPUT_PAGE_BYTES;
    for (let seq = from.attempt === attempt ? from.seq : 0; seq < this.written; seq++) {
      const piece = this.pieces[seq];
      if (!piece || (chunks.length > 0 && piece.bytes.length > room)) break;
      room -= piece.bytes.length;
      chunks.push(this.chunk(piece, seq));
    }
    return { attempt, picked_at, chunks, written: this.written, ended: this.hasEnded };
  }

  private chunk({ stream, at_ms, bytes }: Written, seq: number): OutputChunk {
    const { content: data, encoding } = encodeBytes(bytes);
    return { ...this.head(seq), final: false, at_ms, stream, data, encoding };
  }

  private head(seq: number) {
    return { v: MESSAGE_VERSION, ...this.run, seq } as const;
  }
}
