// @ts-check
import { connect, createServer } from 'node:net';

/**
 * @typedef {object} Trap a place in the traffic
 * @property {'out' | 'in'} direction `out`: from whoever connected
 * @property {string} text that stands in the bytes at that place
 * @property {'before' | 'after'} when the bytes are passed on, or were
 * @property {() => void} spring called once, at that moment
 */
/** @typedef {'open' | 'cut' | 'stalled'} State */
/** @typedef {{client: import('node:net').Socket, server: import('node:net').Socket, dead: boolean}} Pair */

/** A wire between two processes that can be cut, stalled, slowed down, and watched. */
export class TcpProxy {
  /**
   * @param {() => number} targetPort asked at each connection, as is the host
   * @param {() => string} [targetHost]
   */
  constructor(targetPort, targetHost = () => '127.0.0.1') {
    this.targetPort = targetPort;
    this.targetHost = targetHost;
    /** @type {State} */
    this.state = 'open';
    this.delayMs = 0;
    /** @type {Trap | undefined} */
    this.trap = undefined;
    /** @type {Set<Pair>} */
    this.pairs = new Set();
    this.server = createServer((client) => this.accept(client));
  }

  /** @returns {Promise<number>} the port */
  listen() {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', () =>
        resolve(/** @type {import('node:net').AddressInfo} */ (this.server.address()).port),
      );
    });
  }

  /** Connections are reset, and new ones too. */
  cut() {
    this.state = 'cut';
    for (const { client, server } of this.pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Nothing arrives any more, and nobody is told. */
  stall() {
    this.state = 'stalled';
    for (const pair of this.pairs) pause(pair);
  }

  /** As a router that forgot its connections: what is connected now hears nothing any more, ever; new ones may. */
  forget() {
    this.stall();
    for (const pair of this.pairs) pair.dead = true;
  }

  heal() {
    this.state = 'open';
    this.delayMs = 0;
    this.trap = undefined;
    for (const { client, server, dead } of this.pairs) {
      if (dead) continue;
      client.resume();
      server.resume();
    }
  }

  close() {
    this.server.close();
    this.cut();
  }

  /** @private @param {import('node:net').Socket} client */
  accept(client) {
    if (this.state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.targetPort(), this.targetHost());
    const pair = { client, server, dead: false };
    this.pairs.add(pair);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.pairs.delete(pair);
        client.destroy();
        server.destroy();
      });
    }
    this.forward(client, server, 'out');
    this.forward(server, client, 'in');
    if (this.state === 'stalled') pause(pair);
  }

  /**
   * @private
   * @param {import('node:net').Socket} from
   * @param {import('node:net').Socket} to
   * @param {Trap['direction']} direction
   */
  forward(from, to, direction) {
    /** What is on its way, in order. @type {{at: number, bytes: Buffer, after: (() => void) | undefined}[]} */
    const queue = [];
    const deliver = () => {
      for (let next = queue[0]; next; next = queue[0]) {
        const leftMs = next.at - performance.now();
        if (leftMs > 0) return void setTimeout(deliver, leftMs);
        queue.shift();
        if (to.destroyed) return;
        if (!to.write(next.bytes)) {
          from.pause();
          to.once('drain', () => this.state === 'stalled' || from.resume());
        }
        next.after?.();
      }
    };
    from.on('data', (bytes) => {
      const { trap } = this;
      const isThere = trap?.direction === direction && bytes.includes(trap.text);
      if (isThere) this.trap = undefined;
      if (isThere && trap.when === 'before') return trap.spring();
      queue.push({ at: performance.now() + this.delayMs, bytes, after: isThere ? trap.spring : undefined });
      if (queue.length === 1) deliver();
    });
    from.on('end', () => to.end());
  }
}

/** @param {Pair} pair */
function pause({ client, server }) {
  client.pause();
  server.pause();
}
