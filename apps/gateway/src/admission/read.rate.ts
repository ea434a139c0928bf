import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { GATEWAY_ADMITTED, ReadsAdmittedSchema } from '@runbin/contracts/admitted';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import type { Client } from './client';
import { type Rate, type RateDecision, RateLimiter } from './rate.limiter';
import { jsonOf } from './write.rate';

export const READ_RATE = Symbol('READ_RATE');

/** How often gateways tell each other: a poll is too cheap for a message of its own. */
const ANNOUNCE_MS = 200;

/**
 * How fast one client may read, counted over all gateways as WriteRate counts writing, but for the time between two
 * announcements. Reading has a price: what is made for a reader costs more than what is only looked up.
 */
@Injectable()
export class ReadRate implements OnModuleInit, OnModuleDestroy {
  private readonly gatewayId = randomUUID();
  private readonly limiter: RateLimiter;
  private readonly unannounced = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly nats: NatsConnection,
    @Inject(READ_RATE) readonly rate: Rate,
  ) {
    this.limiter = new RateLimiter(rate);
  }

  onModuleInit(): void {
    this.nats.core.subscribe(GATEWAY_ADMITTED, {
      callback: (error, message) => {
        if (!error) this.hear(message.data);
      },
    });
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }

  /** Counts a request of this client; undefined: nobody counts it. */
  take(client: Client, cost: number): RateDecision | undefined {
    if (!this.counts(client)) return undefined;
    const decision = this.limiter.take(client.id, performance.now(), cost);
    if (decision.allowed) this.announce(client.id, cost);
    return decision;
  }

  /** Counts what a request that was let through has cost beyond its price. */
  charge(client: Client, cost: number): void {
    if (!this.counts(client) || cost <= 0) return;
    this.limiter.note(client.id, performance.now(), cost);
    this.announce(client.id, cost);
  }

  private counts(client: Client): boolean {
    return client.isBounded && this.rate.perSecond > 0;
  }

  private announce(client: string, cost: number): void {
    this.unannounced.set(client, (this.unannounced.get(client) ?? 0) + cost);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.nats.emit(GATEWAY_ADMITTED, {
        gateway_id: this.gatewayId,
        reads: Object.fromEntries(this.unannounced),
      });
      this.unannounced.clear();
    }, ANNOUNCE_MS).unref();
  }

  private hear(data: Uint8Array): void {
    const parsed = ReadsAdmittedSchema.safeParse(jsonOf(data));
    if (!parsed.success || parsed.data.gateway_id === this.gatewayId) return;
    const nowMs = performance.now();
    for (const [client, cost] of Object.entries(parsed.data.reads)) this.limiter.note(client, nowMs, cost);
  }
}
