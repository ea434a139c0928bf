/** Over which arrivals are averaged, in milliseconds. */
const MEMORY_MS = 10_000;
/** A burst is remembered for so long, in milliseconds: where one came from, another may come. */
const BURST_MEMORY_MS = 5 * 60_000;
/** Weight of the newest measurement of how long preparing takes. */
const NEWEST = 0.2;

/** How often something is asked for, and how many of it should therefore be ready. Times are monotonic milliseconds. */
export class Demand {
  /** Arrivals within the memory, each counting for less the longer ago it was. */
  private recent = 0;
  /** The most that `recent` was, fading. */
  private burst = 0;
  private lastArrival: number;
  private prepareMs = 50;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.lastArrival = now();
  }

  arrive(): void {
    const now = this.now();
    this.recent = this.faded(this.recent, MEMORY_MS, now) + 1;
    this.burst = Math.max(this.recent, this.faded(this.burst, BURST_MEMORY_MS, now));
    this.lastArrival = now;
  }

  /** Takes note of how long it took to make one ready. */
  prepared(ms: number): void {
    this.prepareMs += (ms - this.prepareMs) * NEWEST;
  }

  /** Milliseconds since somebody asked. */
  idleMs(): number {
    return this.now() - this.lastArrival;
  }

  /** So many as arrive while one is being prepared, and two deviations more (arrivals are random), and one. */
  atOnce(): number {
    const meanwhile = (this.faded(this.recent, MEMORY_MS, this.now()) / MEMORY_MS) * this.prepareMs;
    return Math.ceil(meanwhile + 2 * Math.sqrt(meanwhile)) + 1;
  }

  /** So many as a burst like those of late would use up, were none made meanwhile. */
  inABurst(): number {
    return Math.ceil(this.faded(this.burst, BURST_MEMORY_MS, this.now()));
  }

  private faded(count: number, overMs: number, now: number): number {
    return count * Math.exp((this.lastArrival - now) / overMs);
  }
}
