import type { Socket } from 'node:net';

/** Time a client gets to read why it was refused before the connection is cut. */
const LINGER_MS = 1_000;

/**
 * Makes the end of this connection gentle. Destroying a socket while the client still sends makes the
 * kernel reset it, and the reset can overtake the answer: the client then sees a broken connection instead
 * of a 413. So the sending side is closed first; what still arrives is thrown away for a moment, never kept.
 */
export function closeGently(socket: Socket): void {
  // Node calls this once the last answer of the connection is written.
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  };
}
