import { WebSocket } from 'ws';
import { CLOSE } from '@runbin/contracts/run.socket';

/** A WebSocket that takes a message in too many parts for one that is too big; `ws` itself speaks of its policy then. */
export class PartedWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    // What is against a policy of ours is closed with a reason.
    super.close(code === CLOSE.policy && reason === undefined ? CLOSE.tooBig : code, reason);
  }
}
