import type { OutputEvent } from './follow.events';
import type { OutputChunk } from './live';
import type { OutputLog, Result } from './result';
import { decodeBytes, encodeBytes, splitUtf8 } from './text';

/** Most bytes of a piece where nothing is known of those that were published: as much as a runner sends at once. */
const UNLOGGED_PIECE_BYTES = 32 * 1024;

export type Recorded = Pick<Result, 'attempt' | 'stdout' | 'stdout_encoding' | 'stderr' | 'stderr_encoding'>;

/** A piece of output as whoever follows the run is told it, live or from the record. */
export function outputEvent(
  piece: Omit<OutputChunk, 'v' | 'submission_id' | 'picked_at' | 'final'>,
): OutputEvent {
  const { attempt, seq, at_ms, stream, data, encoding } = piece;
  return { type: 'output', position: `${attempt}.${seq + 1}`, attempt, seq, at_ms, stream, data, encoding };
}

/**
 * The output of a stored result in the pieces that were published while it ran. Each is made when it is asked for, so
 * that whoever reads slowly holds one of them. Without a log that fits the result stdout comes before stderr, in pieces that
 * cut no character.
 */
export class RecordedOutput {
  private readonly attempt: number;
  private readonly bytes: Streams;
  private readonly log: OutputLog;
  /** Of each piece, where it begins in its stream. */
  private readonly starts: number[] = [];

  constructor(result: Recorded, log: OutputLog | null) {
    this.attempt = result.attempt;
    this.bytes = {
      stdout: decodeBytes({ content: result.stdout, encoding: result.stdout_encoding }),
      stderr: decodeBytes({ content: result.stderr, encoding: result.stderr_encoding }),
    };
    this.log = log && fits(log, this.bytes) ? log : unlogged(this.bytes);
    const told = { stdout: 0, stderr: 0 };
    for (const [stream, , length] of this.log) {
      this.starts.push(told[stream]);
      told[stream] += length;
    }
  }

  /** How many pieces there are. */
  get length(): number {
    return this.log.length;
  }

  /** Piece number `seq`, from 0; undefined behind the last. */
  at(seq: number): OutputEvent | undefined {
    const [piece, start] = [this.log[seq], this.starts[seq]];
    if (piece === undefined || start === undefined) return undefined;
    const [stream, at_ms, length] = piece;
    const { content: data, encoding } = encodeBytes(this.bytes[stream].subarray(start, start + length));
    return outputEvent({ attempt: this.attempt, seq, at_ms, stream, data, encoding });
  }
}

/**
 * All of these, one after the other.
 * @param from how many pieces to leave out
 */
export function* piecesOf(result: Recorded, log: OutputLog | null, from = 0): Generator<OutputEvent> {
  const output = new RecordedOutput(result, log);
  for (let seq = from; ; seq++) {
    const piece = output.at(seq);
    if (!piece) return;
    yield piece;
  }
}

type Streams = Readonly<Record<'stdout' | 'stderr', Buffer>>;

function fits(log: OutputLog, bytes: Streams): boolean {
  const logged = { stdout: 0, stderr: 0 };
  for (const [stream, , length] of log) logged[stream] += length;
  return logged.stdout === bytes.stdout.length && logged.stderr === bytes.stderr.length;
}

function unlogged(bytes: Streams): OutputLog {
  const log: OutputLog = [];
  for (const stream of ['stdout', 'stderr'] as const)
    for (let left = bytes[stream]; left.length > 0;) {
      const [{ length }] = splitUtf8(left.subarray(0, UNLOGGED_PIECE_BYTES));
      // The beginning of a character at the very end is none.
      const piece = length > 0 ? length : left.length;
      log.push([stream, 0, piece]);
      left = left.subarray(piece);
    }
  return log;
}
