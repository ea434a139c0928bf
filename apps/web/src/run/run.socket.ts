import type { TerminalSize } from '@runbin/contracts/interactive';
import type { ClientMessage, ServerMessage } from '@runbin/contracts/run.socket';
import type { NewSubmission } from '../api/client';

/** A message as it is sent: what has a default may be left out. */
export type Sent =
  | Exclude<ClientMessage, { type: 'run' | 'attach' | 'stdin' }>
  | { type: 'stdin'; data: string; encoding?: 'utf-8' | 'base64' }
  | { type: 'run'; submission: NewSubmission; terminal?: TerminalSize | null; detached?: boolean }
  | { type: 'attach'; submission_id: string; owner_token?: string; after?: string };

export interface RunSocketEvents {
  onOpen(): void;
  onMessage(message: ServerMessage): void;
  /** Nothing comes after this, which is said once, also of a connection that never was. */
  onClose(): void;
}

/** One connection of `WS /v1/run`: typed messages, in order; what is sent before it is open waits. */
export class RunSocket {
  private readonly socket: WebSocket;
  private early: string[] = [];

  constructor(url: string, events: RunSocketEvents) {
    this.socket = new WebSocket(url);
    this.socket.onopen = () => {
      for (const text of this.early) this.socket.send(text);
      this.early = [];
      events.onOpen();
    };
    this.socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') events.onMessage(JSON.parse(data) as ServerMessage);
    };
    this.socket.onclose = () => events.onClose();
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(message: Sent): void {
    const text = JSON.stringify(message);
    if (this.isOpen) this.socket.send(text);
    else if (this.socket.readyState === WebSocket.CONNECTING) this.early.push(text);
  }

  close(): void {
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
  }
}

/** `ws://…/v1/run` beside the page. */
export function runSocketUrl(page: string): string {
  const url = new URL('/v1/run', page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
