import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { CLOSE } from '@runbin/contracts/run.socket';
import type { Share } from '../admission/budget';

/** What comes in pieces below this is not worth counting. */
const SMALL_BYTES = 128 * 1024;

/**
 * What has come of a message is held until all of it is there: one that becomes large needs room, as a request body does.
 * @param room throws where there is none
 */
export function boundArrivals(socket: WebSocket, connection: Socket, room: () => Share): void {
  let held = 0;
  let share: Share | undefined;
  const release = () => {
    held = 0;
    share?.[Symbol.dispose]();
    share = undefined;
  };
  socket.on('message', release);
  socket.once('close', release);
  connection.on('data', (bytes) => {
    held += bytes.length;
    if (held <= SMALL_BYTES || share || socket.readyState !== socket.OPEN) return;
    try {
      share = room();
    } catch {
      socket.close(CLOSE.tryAgain, 'there is no room for a message of this size');
    }
  });
}
