/** Requests per second in the long run, and how many may come at one time. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface RateDecision {
  readonly allowed: boolean;
  /** Requests that could follow at once. */
  readonly remaining: number;
  /** Until the whole burst is there again. */
  readonly fullInMs: number;
  /** Until one more is allowed; 0: now. */
  readonly retryInMs: number;
}

/** Clients that are remembered at most: some 100 bytes each. */
const MAX_CLIENTS = 50_000;

/**
 * GCRA (ITU-T I.371): a client is one number, the time at which it will have paid for all it has sent. It may be
 * ahead of the clock by a burst. A client whose time has come is as good as one never seen, and is forgotten;
 * beyond MAX_CLIENTS the one longest silent is.
 */
export class RateLimiter {
  /** Oldest use first. */
  private readonly paidAt = new Map<string, number>();
  private readonly intervalMs: number;
  private readonly burstMs: number;

  constructor({ perSecond, burst }: Rate) {
    this.intervalMs = 1000 / perSecond;
    this.burstMs = burst * this.intervalMs;
  }

  /** Counts a request, if it is allowed; as so many, where it costs more than others. `nowMs` is of a monotonic clock. */
  take(client: string, nowMs: number, cost = 1): RateDecision {
    const decision = this.look(client, nowMs, cost);
    if (!decision.allowed) return decision;
    const paidMs = this.priceMs(cost);
    this.pay(client, nowMs, this.aheadMs(client, nowMs) + paidMs);
    return this.left(decision.fullInMs + paidMs, { allowed: true, retryInMs: 0 });
  }

  /** Whether one more would be allowed, and what there is without it. */
  look(client: string, nowMs: number, cost = 1): RateDecision {
    const aheadMs = this.aheadMs(client, nowMs);
    const overMs = aheadMs + this.priceMs(cost) - this.burstMs;
    // A millionth of an interval is rounding.
    const allowed = overMs <= this.intervalMs / 1e6;
    return this.left(aheadMs, { allowed, retryInMs: allowed ? 0 : overMs });
  }

  /** Counts what was let through elsewhere, or cost more than was known before. */
  note(client: string, nowMs: number, cost = 1): void {
    this.pay(client, nowMs, Math.min(this.aheadMs(client, nowMs) + this.priceMs(cost), this.burstMs));
  }

  get size(): number {
    return this.paidAt.size;
  }

  private left(usedMs: number, decided: Pick<RateDecision, 'allowed' | 'retryInMs'>): RateDecision {
    const remaining = Math.max(0, Math.floor((this.burstMs - usedMs) / this.intervalMs + 1e-6));
    return { ...decided, remaining, fullInMs: usedMs };
  }

  /** Nothing costs more than a whole burst: it could never be had. */
  private priceMs(cost: number): number {
    return Math.min(cost * this.intervalMs, this.burstMs);
  }

  private aheadMs(client: string, nowMs: number): number {
    return Math.max(0, (this.paidAt.get(client) ?? 0) - nowMs);
  }

  private pay(client: string, nowMs: number, aheadMs: number): void {
    this.paidAt.delete(client);
    this.paidAt.set(client, nowMs + aheadMs);
    for (const [oldest, paidAt] of this.paidAt) {
      if (paidAt > nowMs && this.paidAt.size <= MAX_CLIENTS) break;
      this.paidAt.delete(oldest);
    }
  }
}
