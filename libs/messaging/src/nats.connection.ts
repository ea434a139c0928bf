import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { jetstream, type JetStreamClient, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import {
  connect,
  createInbox,
  errors,
  type ConnectionOptions,
  type Msg,
  type NatsConnection as Connection,
} from '@nats-io/transport-node';
import { untilHopeless } from '@runbin/platform/nats.watch';
import { ArrivalClock, timeoutHeaders } from '@runbin/platform/request.deadline';
import { isBelow, versionNumbers } from '@runbin/platform/version.floor';

/** Below this, fixes of 2025 and 2026 are missing. Older servers serve. */
const SERVER_FLOOR = [2, 12, 5];

export const NATS_CONNECT_OPTIONS = Symbol('NATS_CONNECT_OPTIONS');

/**
 * The connection of a service for everything that is not request/reply: JetStream and core events. It stays
 * for the life of the process and reconnects by itself; what must be done again after an interruption
 * registers with `onConnected`.
 */
@Injectable()
export class NatsConnection implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Nats');
  private readonly listeners = new Set<() => void>();
  private readonly clock = new ArrivalClock();
  private connection: Connection | undefined;

  constructor(@Inject(NATS_CONNECT_OPTIONS) private readonly options: ConnectionOptions) {}

  async onModuleInit(): Promise<void> {
    this.connection = await connect(this.options);
    void this.watch(this.connection);
    void this.endWith(this.connection);
  }

  async onApplicationShutdown(): Promise<void> {
    this.clock[Symbol.dispose]();
    // Drain delivers what was published and then closes; a dead server must not hold the shutdown up.
    await Promise.race([
      this.connection?.drain().catch(() => undefined),
      new Promise((done) => setTimeout(done, 1000).unref()),
    ]);
    await this.connection?.close();
  }

  get core(): Connection {
    if (!this.connection) throw new Error('The NATS connection is used before the module was initialised.');
    return this.connection;
  }

  /** A subject that nobody else listens at, and that we may. */
  newInbox(): string {
    return createInbox(this.options.inboxPrefix);
  }

  get streams(): JetStreamClient {
    return jetstream(this.core, { timeout: 5_000 });
  }

  manager(): Promise<JetStreamManager> {
    return jetstreamManager(this.core, { timeout: 5_000, checkAPI: false });
  }

  get isConnected(): boolean {
    return this.connection !== undefined && !this.connection.isClosed() && this.online;
  }

  /** What is weaker about the server than it should be. */
  get degraded(): string[] {
    const version = versionNumbers(this.connection?.info?.version ?? '');
    return version.length > 0 && isBelow(version, SERVER_FLOOR)
      ? [`nats-server ${version.join('.')} is older than ${SERVER_FLOOR.join('.')}`]
      : [];
  }

  /** Calls back after every reconnect: core events may have been missed, streams may be gone. */
  onReconnected(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** A round trip to the server; throws when there is none. For readiness. */
  async ping(): Promise<void> {
    if (!this.isConnected) throw new Error('not connected to NATS');
    await this.core.flush();
  }

  /** Core publish: at most once, losable. Silently dropped while disconnected. */
  emit(subject: string, message: unknown): void {
    if (this.isConnected) this.core.publish(subject, JSON.stringify(message));
  }

  /** Answers a core request, unless it has lain here for so long that nobody waits for the answer any more. */
  answer(message: Msg, answer: unknown): void {
    if (!this.clock.isLate(this.clock.arrivedAt, message)) message.respond(JSON.stringify(answer));
  }

  /**
   * Core request: the answer as it was parsed, or undefined when nobody listens there, or nobody can be asked now.
   * @throws Error when there is no answer in time: the question may have been heard
   */
  async ask(subject: string, question: unknown, timeoutMs: number): Promise<unknown> {
    if (!this.isConnected) return undefined;
    try {
      const reply = await this.core.request(subject, JSON.stringify(question), {
        timeout: timeoutMs,
        headers: timeoutHeaders(timeoutMs),
      });
      return reply.json();
    } catch (error) {
      if (error instanceof errors.RequestError && error.isNoResponders()) return undefined;
      throw error;
    }
  }

  private online = true;

  /** A process that is not heard can do nothing: the fault ends it (exitOnFault). */
  private async endWith(connection: Connection): Promise<void> {
    const fault = await untilHopeless(connection);
    if (fault) throw fault;
  }

  private async watch(connection: Connection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.online = false;
        this.logger.warn('disconnected from NATS');
      }
      if (status.type === 'reconnect') {
        this.online = true;
        this.logger.log('reconnected to NATS');
        for (const listener of this.listeners) listener();
      }
    }
  }
}
