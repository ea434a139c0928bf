import type { OutputEvent } from './follow.events';
import type { OutputLog, Result } from './result';
import { decodeBytes, encodeBytes } from './text';

type Recorded = Pick<Result, 'attempt' | 'stdout' | 'stdout_encoding' | 'stderr' | 'stderr_encoding'>;

/**
 * The output of a stored result in the pieces that were published while it ran. They are made as they are taken: whoever
 * reads slowly holds one of them. Without a log that fits the result each stream is one piece, from the beginning.
 * @param from how many pieces to leave out
 */
export function* piecesOf(result: Recorded, log: OutputLog | null, from = 0): Generator<OutputEvent> {
  const bytes = {
    stdout: decodeBytes({ content: result.stdout, encoding: result.stdout_encoding }),
    stderr: decodeBytes({ content: result.stderr, encoding: result.stderr_encoding }),
  };
  const pieces = log && fits(log, bytes) ? log : unlogged(bytes);
  const told = { stdout: 0, stderr: 0 };
  for (const [seq, [stream, at_ms, length]] of pieces.entries()) {
    const start = told[stream];
    told[stream] += length;
    if (seq < from) continue;
    const { content: data, encoding } = encodeBytes(bytes[stream].subarray(start, start + length));
    const { attempt } = result;
    yield {
      type: 'output',
      position: `${attempt}.${seq + 1}`,
      ...{ attempt, seq, at_ms, stream, data, encoding },
    };
  }
}

type Streams = Readonly<Record<'stdout' | 'stderr', Buffer>>;

function fits(log: OutputLog, bytes: Streams): boolean {
  const logged = { stdout: 0, stderr: 0 };
  for (const [stream, , length] of log) logged[stream] += length;
  return logged.stdout === bytes.stdout.length && logged.stderr === bytes.stderr.length;
}

const unlogged = (bytes: Streams): OutputLog =>
  (['stdout', 'stderr'] as const)
    .filter((stream) => bytes[stream].length > 0)
    .map((stream) => [stream, 0, bytes[stream].length]);
