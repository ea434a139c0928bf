import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  status: number;
  head: string;
  body: string;
  /** Bytes that were sent before the answer, or the end, was seen. */
  sent: number;
  closed: boolean;
}

/**
 * Sends bytes as they are, well-formed or not, until there is an answer, and then waits for the server to
 * close the connection when it should. Pieces after the first are sent only while no answer has come.
 */
export async function rawRequest(
  port: number,
  pieces: Iterable<string> | AsyncIterable<string>,
  { untilClosed = false } = {},
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  const seen = new Answer(socket);
  await once(socket, 'connect');
  let sent = 0;
  for await (const piece of pieces) {
    if (seen.hasHead || socket.destroyed) break;
    if (!socket.write(piece, 'latin1')) await Promise.race([once(socket, 'drain'), seen.done(false)]);
    sent += piece.length;
  }
  await seen.done(untilClosed);
  const closed = seen.closed;
  socket.destroy();
  return { ...seen.parsed(), sent, closed };
}

class Answer {
  closed = false;
  private text = '';
  private readonly changed = new Set<() => void>();

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.update(() => (this.text += chunk.toString('latin1'))));
    socket.on('end', () => this.update(() => (this.closed = true)));
    socket.on('close', () => this.update(() => (this.closed = true)));
    socket.on('error', () => this.update(() => (this.closed = true)));
  }

  get hasHead(): boolean {
    return this.text.includes('\r\n\r\n');
  }

  /** Resolves when the whole answer is there (and the connection closed, if that is asked for); the test's own time limit ends it. */
  async done(untilClosed: boolean): Promise<void> {
    while (!this.closed && (untilClosed || !this.isWhole()))
      await new Promise<void>((resolve) => this.changed.add(resolve));
  }

  parsed(): { status: number; head: string; body: string } {
    const [head = '', body = ''] = this.text.split('\r\n\r\n', 2);
    return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head: head.toLowerCase(), body };
  }

  private isWhole(): boolean {
    const { head, body } = this.parsed();
    return this.hasHead && body.length >= Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
  }

  private update(change: () => void): void {
    change();
    for (const wake of [...this.changed]) {
      this.changed.delete(wake);
      wake();
    }
  }
}
