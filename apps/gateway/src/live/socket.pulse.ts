import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { CLOSE } from '@runbin/contracts/run.socket';
import type { ServerTimeouts } from '../http/server.options';

/**
 * What a client may let lie, in bytes: one event, which is at most a piece of 256 KiB of which each byte takes six in
 * JSON, and what it is told of its own input.
 */
const MAX_UNSENT_BYTES = 2 * 1024 * 1024;

/**
 * Ends a socket whose client is gone without having said so, or takes nothing of what it is sent. It is asked every
 * `everyMs`; who neither answers nor takes anything for `patienceMs` is gone.
 */
export function watchPulse(
  socket: WebSocket,
  connection: Socket,
  { everyMs, patienceMs }: ServerTimeouts['pulse'],
): void {
  let aliveAt = performance.now();
  let left = 0;
  const isAlive = () => (aliveAt = performance.now());
  socket.on('pong', isAlive);
  socket.on('message', isAlive);
  const timer = setInterval(() => {
    const nowLeft = connection.bytesWritten - connection.writableLength;
    // What leaves while more waits leaves because the client reads.
    if (nowLeft > left && connection.writableLength > 0) isAlive();
    left = nowLeft;
    // Who is not read from can not answer; its run ends by itself.
    if (socket.isPaused) isAlive();
    if (performance.now() - aliveAt > patienceMs || socket.bufferedAmount > MAX_UNSENT_BYTES) {
      socket.close(CLOSE.tryAgain, 'you read too slowly');
      // Its closing would wait behind what it does not read.
      socket.terminate();
    } else socket.ping();
  }, everyMs).unref();
  socket.once('close', () => clearInterval(timer));
}
