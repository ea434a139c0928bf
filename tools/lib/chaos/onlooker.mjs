// @ts-check
import { connect } from '@nats-io/transport-node';

/**
 * @typedef {{runner_id: string, ready: boolean, permits: {total: number, free: number}}} Heartbeat
 */

/**
 * Hears what gateways hear: which programs run, as what, and which runners take work. As the gateway's user, so
 * it may do no more than that.
 */
export class Onlooker {
  /**
   * @param {number} port of the broker
   * @param {string} password of the gateway's user
   * @param {(text: string, submissionId: string) => void} onOutput
   */
  static async open(port, password, onOutput) {
    const connection = await connectAs(port, 'gateway', password);
    return new Onlooker(connection, onOutput);
  }

  /**
   * @param {import('@nats-io/transport-node').NatsConnection} connection
   * @param {(text: string, submissionId: string) => void} onOutput
   */
  constructor(connection, onOutput) {
    this.connection = connection;
    /** What each runner said since it was last forgotten. @type {Map<string, {ready: boolean, worked: boolean, rested: boolean}>} */
    this.runners = new Map();
    connection.subscribe('output.*', {
      callback: (error, message) => {
        if (error) return;
        const { submission_id, data } = /** @type {any} */ (message.json());
        if (data !== undefined) onOutput(data, submission_id);
      },
    });
    connection.subscribe('runner.heartbeat', {
      callback: (error, message) => {
        if (!error) this.heard(/** @type {Heartbeat} */ (message.json()));
      },
    });
    this.timer = setInterval(() => connection.publish('runner.announce', '{}'), 200);
  }

  /** From now on only what is said from now on counts. */
  forget() {
    this.runners.clear();
  }

  /** Runners that are ready and had work since. */
  get working() {
    return [...this.runners.values()].filter(({ ready, worked }) => ready && worked).length;
  }

  /** Runners that are ready and have all their permits. */
  get resting() {
    return [...this.runners.values()].filter(({ ready, rested }) => ready && rested).length;
  }

  async close() {
    clearInterval(this.timer);
    await this.connection.close();
  }

  /** @private @param {Heartbeat} heartbeat */
  heard({ runner_id, ready, permits }) {
    const before = this.runners.get(runner_id);
    const rested = permits.free === permits.total;
    this.runners.set(runner_id, { ready, rested, worked: !rested || before?.worked === true });
  }
}

/**
 * @param {number} port
 * @param {string} user
 * @param {string | undefined} pass
 */
export function connectAs(port, user, pass) {
  return connect({
    servers: `127.0.0.1:${port}`,
    user,
    pass,
    inboxPrefix: `_INBOX_${user}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    pingInterval: 2_000,
  });
}
