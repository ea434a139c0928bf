import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Problem } from '@runbin/platform/problem';

/** A connection that is to become a WebSocket: Node has let go of it. */
export interface Upgrade {
  readonly socket: Socket;
  /** What came behind the request. */
  readonly head: Buffer;
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/** The connection of a WebSocket handshake; undefined: the request is none. */
export const upgradeOf = (request: IncomingMessage): Upgrade | undefined => upgrades.get(request);

/**
 * Hands WebSocket handshakes to the routes like any other request, so that they are guarded and refused alike.
 * @param path the only address that takes them
 */
export function routeUpgrades(fastify: FastifyInstance, path: string): void {
  const server = fastify.server;
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (request.headers.upgrade?.toLowerCase() !== 'websocket')
      return ignoreUpgrade(server, request, { socket, head });
    upgrades.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    // A refusal ends the connection: nobody reads requests from it any more.
    response.on('finish', () => socket.destroySoon());
    fastify.routing(request, response);
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const isElsewhere = upgradeOf(request.raw) && request.routeOptions.url !== path;
    done(isElsewhere ? new Problem('not_found', `WebSockets are taken at ${path} only.`) : undefined);
  });
}

/**
 * Whoever offers another protocol than WebSocket (h2c, as some clients do with every request) is answered as if it had
 * not (RFC 9110, 7.8). Node has given up reading the connection, so the request is put back without the offer.
 */
function ignoreUpgrade(server: Server, request: IncomingMessage, { socket, head }: Upgrade): void {
  const lines = [`${request.method ?? ''} ${request.url ?? ''} HTTP/${request.httpVersion}`];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? '';
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${request.rawHeaders[at + 1] ?? ''}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
