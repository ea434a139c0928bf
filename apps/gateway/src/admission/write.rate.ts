import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { GATEWAY_ADMITTED, RequestAdmittedSchema } from '@runbin/contracts/admitted';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import type { Client } from './client';
import { type Rate, type RateDecision, RateLimiter } from './rate.limiter';

export const WRITE_RATE = Symbol('WRITE_RATE');

/**
 * How fast one client may send what changes something, counted over all gateways: each tells the others whom it
 * let through (ADR 0012). A message is there within milliseconds, so the bound is exceeded by what the others let
 * through in that time; without the broker each gateway holds it for itself.
 */
@Injectable()
export class WriteRate implements OnModuleInit {
  private readonly gatewayId = randomUUID();
  private readonly limiter: RateLimiter;

  constructor(
    private readonly nats: NatsConnection,
    @Inject(WRITE_RATE) readonly rate: Rate,
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

  /** Counts a request of this client; undefined: nobody counts it. */
  take(client: Client): RateDecision | undefined {
    if (!client.isBounded || this.rate.perSecond === 0) return undefined;
    const decision = this.limiter.take(client.id, performance.now());
    if (decision.allowed) this.nats.emit(GATEWAY_ADMITTED, { gateway_id: this.gatewayId, client: client.id });
    return decision;
  }

  private hear(data: Uint8Array): void {
    // Only gateways may publish here; one of another version is not understood, and not counted.
    const parsed = RequestAdmittedSchema.safeParse(jsonOf(data));
    if (!parsed.success || parsed.data.gateway_id === this.gatewayId) return;
    this.limiter.note(parsed.data.client, performance.now());
  }
}

export function jsonOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined;
  }
}
