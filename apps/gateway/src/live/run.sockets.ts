import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Share } from '../admission/budget';
import type { Client } from '../admission/client';
import type { ServerTimeouts } from '../http/server.options';
import type { Upgrade } from '../http/upgrades';
import { ResultWaiters } from '../waiting/result.waiters';
import { Cancellations } from './cancellations';
import { PartedWebSocket } from './parted.web.socket';
import { RunInputs } from './run.inputs';
import { RunOpener } from './run.opener';
import { RunSocket } from './run.socket';
import { boundArrivals } from './socket.arrivals';
import { watchPulse } from './socket.pulse';

export const SOCKET_OPTIONS = Symbol('SOCKET_OPTIONS');

export interface SocketOptions {
  /** Most bytes of one message. */
  readonly maxPayload: number;
  readonly pulse: ServerTimeouts['pulse'];
}

/** Frames that one message may come in. */
const MAX_FRAGMENTS = 1024;
/** Pieces in which the network may bring one: large ones come in few. */
const MAX_CHUNKS = 16 * 1024;
/** How long a client has to answer that the socket is closed. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Whoever opens a WebSocket, and what it may take. */
export interface SocketOwner {
  readonly client: Client;
  /**
   * Room for a large message.
   * @throws Problem
   */
  readonly room: () => Share;
}

/** The WebSockets that are open here. */
@Injectable()
export class RunSockets implements OnModuleDestroy {
  private readonly server: WebSocketServer;
  private readonly open = new Set<RunSocket>();

  constructor(
    @Inject(SOCKET_OPTIONS) private readonly options: SocketOptions,
    private readonly opener: RunOpener,
    private readonly inputs: RunInputs,
    private readonly cancellations: Cancellations,
    private readonly waiters: ResultWaiters,
  ) {
    this.server = new WebSocketServer({
      noServer: true,
      WebSocket: PartedWebSocket,
      maxPayload: options.maxPayload,
      // A few bytes could become very many.
      perMessageDeflate: false,
      ...{ maxFragments: MAX_FRAGMENTS, maxBufferedChunks: MAX_CHUNKS, closeTimeout: CLOSE_TIMEOUT_MS },
      // Pings are counted among the messages: who sends too many is told so, not cut off.
      ...{ maxPendingAutoPongs: 0 },
    });
  }

  /** Answers a handshake, or refuses it. */
  accept(request: IncomingMessage, { socket, head }: Upgrade, owner: SocketOwner): void {
    this.server.handleUpgrade(request, socket, head, (opened) => this.begin(opened, socket, owner));
  }

  /** Those that are open go on elsewhere. */
  onModuleDestroy(): void {
    for (const socket of this.open) socket.goAway();
    this.server.close();
  }

  get size(): number {
    return this.open.size;
  }

  private begin(socket: WebSocket, connection: Upgrade['socket'], { client, room }: SocketOwner): void {
    // What is wrong with a frame ends the socket by itself, with the code that says so.
    socket.on('error', () => undefined);
    const session = new RunSocket(socket, {
      client,
      opener: this.opener,
      deliver: (submissionId, message) => this.inputs.deliver(submissionId, message),
      cancel: (submissionId) => this.cancellations.cancel(submissionId),
      isClosing: () => this.waiters.isClosing,
    });
    boundArrivals(socket, connection, room);
    watchPulse(socket, connection, this.options.pulse);
    this.open.add(session);
    socket.once('close', () => this.open.delete(session));
  }
}
