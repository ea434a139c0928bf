import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '@runbin/platform/problem';
import { type Client, clientAt } from '../admission/client';
import { rawProblem } from './client.errors';
import { whenClosed } from './when.closed';

export interface ConnectionLimits {
  /** Open connections, of whatever kind. */
  readonly total: number;
  /** Idle ones of one client. */
  readonly perClient: number;
}

interface Connection {
  readonly client: Client;
  /** Requests that are being answered; pipelined ones are several. */
  busy: number;
}

/**
 * Bounds open connections. A connection is idle while no whole request of it is being answered: before the first, between
 * two, and while one is still arriving. Idle ones cost memory and a descriptor and nothing else bounds them; what a
 * request costs while it is answered, waits, follows or is a WebSocket, is bounded elsewhere, and not counted twice.
 *
 * Beyond the bound of a client its longest idle connection is closed, so that a new one is always served: clients open
 * another when they need it. Beyond the bound in all the longest idle one of anybody is closed; only where none is
 * idle is the new one refused.
 */
export class Connections {
  private readonly open = new Map<Socket, Connection>();
  /** Longest idle first. */
  private readonly idle = new Set<Socket>();
  /** The same, of each client that is bounded. */
  private readonly idleOf = new Map<string, Set<Socket>>();

  /** @param clientOf whose connection it is; `isBounded` false: only the bound in all applies */
  constructor(
    private readonly limits: ConnectionLimits,
    private readonly clientOf: (socket: Socket) => Client = ({ remoteAddress = '' }) =>
      clientAt(remoteAddress),
  ) {}

  watch(server: Server): void {
    // Before those who answer.
    server.prependListener('connection', (socket: Socket) => this.accept(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
      this.serve(request, response),
    );
    // From here on it is no connection of HTTP; it comes back as a new one where the offer is ignored.
    server.prependListener('upgrade', ({ socket }: IncomingMessage) => this.begin(socket));
  }

  get size(): number {
    return this.open.size;
  }

  private accept(socket: Socket): void {
    const known = this.open.get(socket);
    if (known) {
      known.busy = 0;
      return this.rest(socket, known);
    }
    const [longestIdle] = this.idle;
    if (this.open.size >= this.limits.total) {
      if (!longestIdle) return refuse(socket);
      this.close(longestIdle);
    }
    const connection = { client: this.clientOf(socket), busy: 0 };
    this.open.set(socket, connection);
    socket.once('close', () => this.forget(socket));
    this.rest(socket, connection);
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    let isAnswered = false;
    let hasBegun = false;
    const begin = () => {
      if (isAnswered) return;
      hasBegun = true;
      this.begin(socket);
    };
    if (hasBody(request)) request.once('end', begin);
    else begin();
    whenClosed(response, () => {
      isAnswered = true;
      const connection = this.open.get(socket);
      if (connection && hasBegun && --connection.busy === 0) this.rest(socket, connection);
    });
  }

  private begin(socket: Socket): void {
    const connection = this.open.get(socket);
    if (!connection) return;
    connection.busy++;
    this.unrest(socket, connection.client);
  }

  private rest(socket: Socket, { client }: Connection): void {
    this.idle.add(socket);
    if (!client.isBounded) return;
    const mine = this.idleOf.get(client.id) ?? new Set<Socket>();
    this.idleOf.set(client.id, mine.add(socket));
    const [longestIdle] = mine;
    if (mine.size > this.limits.perClient && longestIdle) this.close(longestIdle);
  }

  private unrest(socket: Socket, { id }: Client): void {
    this.idle.delete(socket);
    const mine = this.idleOf.get(id);
    mine?.delete(socket);
    if (mine?.size === 0) this.idleOf.delete(id);
  }

  private close(socket: Socket): void {
    this.forget(socket);
    socket.destroy();
  }

  private forget(socket: Socket): void {
    const connection = this.open.get(socket);
    if (!connection) return;
    this.open.delete(socket);
    this.unrest(socket, connection.client);
  }
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function refuse(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.end(rawProblem(new Problem('overloaded', 'This server has too many connections; try again.')), () =>
    socket.destroy(),
  );
}
