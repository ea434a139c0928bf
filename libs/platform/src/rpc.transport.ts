import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  ClientNats,
  type NatsContext,
  type NatsOptions,
  type PacketId,
  type ReadPacket,
  ServerNats,
  type WritePacket,
} from '@nestjs/microservices';
import {
  type ConnectionOptions,
  errors,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Payload,
} from '@nats-io/transport-node';
import { type Leased, LeasedSubscription } from './leased.subscription';
import { untilHopeless } from './nats.watch';
import { ArrivalClock, REPLY_WITHIN_MS } from './request.deadline';

type Options = Required<NatsOptions>['options'] & ConnectionOptions;
type OnHopeless = (fault: Error) => void;
type ServerOptions = Options & { queue: string };

/** Nobody waits for longer: deploy/nats.conf says how long one may be answered. */
const ANSWER_MS = 10_000;

/** Nobody listens to the subject: nothing was taken. */
export class NobodyListens extends Error {}

/** Answers requests, over a connection that ends the process when it can not be mended (exitOnFault). */
export class RpcServer extends ServerNats {
  private readonly leases: LeasedSubscription[] = [];
  private readonly clock = new ArrivalClock();
  private readonly lateness = new Logger('Rpc');

  constructor(
    private readonly serverOptions: ServerOptions,
    private readonly onHopeless: OnHopeless = crash,
    private readonly replyWithinMs = REPLY_WITHIN_MS,
  ) {
    super(serverOptions);
  }

  override async createNatsClient(): Promise<NatsConnection> {
    const connection = (await super.createNatsClient()) as NatsConnection;
    watch(connection, this.onHopeless);
    return connection;
  }

  override bindEvents(connection: NatsConnection): void {
    for (const subject of this.messageHandlers.keys()) {
      const handle = this.getMessageHandler(subject) as Leased['handle'];
      const { queue } = this.serverOptions;
      this.leases.push(new LeasedSubscription(connection, { subject, queue, handle }));
    }
    void this.renewOnReconnect(connection);
  }

  /** What nobody waits for any more is not begun: who asked has been told that it failed. */
  override async handleMessage(channel: string, message: Msg): Promise<unknown> {
    if (message.reply !== undefined && this.isLate(this.clock.arrivedAt, message)) return undefined;
    return super.handleMessage(channel, message) as Promise<unknown>;
  }

  /** Nor is it answered when it took too long. */
  override getPublisher(message: Msg, id: string, context: NatsContext): (response: unknown) => unknown {
    const { arrivedAt } = this.clock;
    const publish = super.getPublisher(message, id, context) as (response: unknown) => unknown;
    return (response) => (this.isLate(arrivedAt, message) ? undefined : publish(response));
  }

  override async close(): Promise<void> {
    this.clock[Symbol.dispose]();
    await Promise.all(this.leases.map((lease) => lease.stop()));
    await super.close();
  }

  private isLate(arrivedAt: number, message: Msg): boolean {
    const isLate = this.clock.isLate(arrivedAt, message, this.replyWithinMs);
    if (isLate) this.lateness.debug(`${message.subject}: nobody waits for the answer any more`);
    return isLate;
  }

  private async renewOnReconnect(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status())
      if (type === 'reconnect') for (const lease of this.leases) lease.renew();
  }
}

/**
 * Asks, over a connection that is there before the first question and until after the last, and ends the process
 * when it can not be mended (exitOnFault).
 */
export class RpcTransport extends ClientNats implements OnModuleInit, OnApplicationShutdown {
  private isOver = false;

  constructor(
    options: Options,
    private readonly onHopeless: OnHopeless = crash,
  ) {
    super(options);
  }

  override async createClient(): Promise<NatsConnection> {
    const connection = (await super.createClient()) as NatsConnection;
    watch(connection, this.onHopeless);
    return connection;
  }

  /** As Nest's, with one inbox for all answers: a subscription for each costs the broker as much as its question. */
  override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const question = this.assignPacketId(packet);
    const answer = this.createSubscriptionHandler(question, callback);
    this.ask(question).then(
      (message) => answer(null, message),
      (error: unknown) => callback({ err: isUnheard(error) ? new NobodyListens() : error, isDisposed: true }),
    );
    return () => undefined;
  }

  private async ask(question: ReadPacket & PacketId): Promise<Msg> {
    const { data, headers } = this.serializer.serialize(question) as { data: Payload; headers?: MsgHdrs };
    const connection: NatsConnection = this.unwrap();
    return await connection.request(this.normalizePattern(question.pattern as string), data, {
      timeout: ANSWER_MS,
      ...(headers && { headers }),
    });
  }

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  /** Whoever asks connects; who asks late must not open a connection that nobody closes any more. */
  override async connect(): Promise<NatsConnection> {
    if (this.isOver) throw new Error('this service has stopped');
    return (await super.connect()) as NatsConnection;
  }

  async onApplicationShutdown(): Promise<void> {
    this.isOver = true;
    await this.close();
  }
}

const isUnheard = (error: unknown) => error instanceof errors.RequestError && error.isNoResponders();

function watch(connection: NatsConnection, onHopeless: OnHopeless): void {
  void untilHopeless(connection).then((fault) => fault && onHopeless(fault));
}

function crash(fault: Error): never {
  throw fault;
}
