import { Logger } from '@nestjs/common';
import type { Limits } from '@runbin/contracts/limits';
import { Demand } from './demand';
import type {
  Launch,
  ParkingPlace,
  Sandbox,
  SandboxEngine,
  SandboxProfile,
  Stage,
  StageFacts,
  StageFollower,
} from './sandbox';

/** What can be prepared for stages that are alike: a sandbox, and where there is a place to wait, its program. */
export interface Shape {
  profile: SandboxProfile;
  launch: Launch;
  /** undefined: only the sandbox itself is prepared. */
  place: ParkingPlace | undefined;
  /** Of the stages that it is meant for. A stage that may use less memory than this does not fit. */
  limits: Limits;
}

/** How much is kept ready. */
export interface PoolState {
  /** Language → interpreters that wait for their program. */
  parked: Record<string, number>;
  /** Sandboxes with nothing in them, for whatever language fits. */
  empty: number;
  memoryBytes: number;
}

export interface PoolOptions {
  /** Most sandboxes that wait for one shape; 0 turns parking off. */
  maxPerShape: number;
  /** Of these, kept ready for every shape that was announced, whether it is asked for or not. */
  minPerShape: number;
  /** Bound on the memory of everything that waits. */
  memoryBytes: number;
  /** Sandboxes made ready side by side. */
  parallel: number;
}

/** A shape that nobody asked for this long is no longer kept ready beyond the minimum. */
const IDLE_MS = 10 * 60_000;
/** What waited this long is replaced: it should not outlive an upgrade of its toolchain for long. */
const MAX_AGE_MS = 15 * 60_000;
const SWEEP_MS = 5_000;
/** A run that takes longer than this no longer holds up the making of others. */
const REFILL_DELAY_MS = 50;
/** After so long without a run, spares are made: what a burst will find ready, and will not have to wait for. */
const QUIET_MS = 250;
/** After a failure a shape rests this long; its stages go the cold way meanwhile. */
const REST_MS = 10_000;
/** Spares hold at most one in so many bytes of what all that waits may. */
const SPARE_SHARE = 4;
/** What has not come to its place after this, on whatever machine, is not coming. */
const PATIENCE_MS = 60_000;
/** What a sandbox of one shape holds is measured no more often than this: it is the same each time. */
const MEASURE_MS = 1_000;
/** Assumed of a sandbox until one of its shape was measured. */
const ASSUMED_BYTES = 16 * 1024 * 1024;

interface Waiting {
  readonly sandbox: Sandbox;
  readonly since: number;
  ready: boolean;
  /** Whether its answer is awaited. */
  asked: boolean;
}

/** One shape with what waits for it, oldest first. */
class Stock {
  readonly waiting: Waiting[] = [];
  readonly demand = new Demand();
  starting = 0;
  restUntil = 0;
  bytesEach = ASSUMED_BYTES;
  private measuredAt = -Infinity;

  constructor(readonly shape: Shape) {}

  get size(): number {
    return this.waiting.length + this.starting;
  }

  measure(sandbox: Sandbox): void {
    const now = performance.now();
    if (now - this.measuredAt < MEASURE_MS) return;
    this.measuredAt = now;
    this.bytesEach = sandbox.memoryBytes() || ASSUMED_BYTES;
  }

  /** The oldest that is ready, else the oldest: it is further than a new one, and may be used before it is ready. */
  next(): Waiting | undefined {
    const ready = this.waiting.findIndex((one) => one.ready);
    return this.waiting.splice(Math.max(ready, 0), 1)[0];
  }
}

/**
 * Sandboxes whose program has already started and waits for its files. It fills by demand: each shape is kept
 * at what its recent arrivals need while one more is being made ready; and once nothing runs, at what a burst
 * like the last ones uses up, as far as there is room. Nothing depends on it: a stage that finds nothing, or
 * does not fit, starts its own sandbox.
 */
export class SandboxPool {
  private readonly logger = new Logger('Pool');
  private readonly stocks = new Map<string, Stock>();
  /** Being made ready, or being taken down. */
  private readonly underWay = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private filling = 0;
  private running = 0;
  private quietTimer: NodeJS.Timeout | undefined;
  private isQuiet = true;
  private stopped = false;

  constructor(
    private readonly engine: SandboxEngine,
    private readonly options: PoolOptions,
  ) {}

  /** Names the shapes that are worth preparing, and begins to. */
  start(shapes: readonly Shape[]): void {
    if (this.options.maxPerShape === 0) return;
    for (const shape of shapes) {
      const key = this.keyOf(shape);
      if (!this.stocks.has(key)) this.stocks.set(key, new Stock(shape));
    }
    this.timer = setInterval(() => this.sweep(), SWEEP_MS);
    this.fill();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    clearTimeout(this.quietTimer);
    for (const stock of this.stocks.values())
      for (const { sandbox } of stock.waiting.splice(0)) this.dismiss(sandbox);
    await Promise.all(this.underWay);
  }

  /** What waits, and what that holds. */
  get state(): PoolState {
    const parked: Record<string, number> = {};
    let empty = 0;
    for (const { shape, waiting } of this.stocks.values()) {
      const { language } = shape.profile;
      if (shape.place) parked[language] = (parked[language] ?? 0) + waiting.length;
      else empty += waiting.length;
    }
    return { parked, empty, memoryBytes: this.bytes(({ size }) => size) };
  }

  /**
   * Runs the stage in a sandbox that waits for such a one, or in a new one.
   * @param place where the stage's program could have been parked; undefined when it could not
   * @throws SandboxError when the platform failed
   */
  async run(
    profile: SandboxProfile,
    stage: Stage,
    place: ParkingPlace | undefined,
    signal: AbortSignal,
    follower?: StageFollower,
  ): Promise<StageFacts> {
    const sandbox =
      this.takeFitting(profile, stage, place) ?? (await this.engine.take(profile, stage.limits));
    // Making sandboxes costs this process time that the run would wait for: a short one goes first.
    const refill = setTimeout(() => this.fill(), REFILL_DELAY_MS);
    this.begin();
    try {
      return await sandbox.run(stage, signal, follower);
    } finally {
      this.end();
      clearTimeout(refill);
      setTimeout(() => this.fill(), 1);
      this.dismiss(sandbox);
    }
  }

  private begin(): void {
    this.running++;
    this.isQuiet = false;
    clearTimeout(this.quietTimer);
  }

  private end(): void {
    this.running--;
    if (this.running > 0 || this.stopped) return;
    this.quietTimer = setTimeout(() => {
      this.isQuiet = true;
      this.fill();
    }, QUIET_MS);
  }

  private takeFitting(
    profile: SandboxProfile,
    stage: Stage,
    place: ParkingPlace | undefined,
  ): Sandbox | undefined {
    const shape = { profile, launch: stage, limits: stage.limits };
    const stocks = (place === undefined ? [undefined] : [place, undefined])
      .map((place) => this.stocks.get(this.keyOf({ ...shape, place })))
      .filter((stock) => stock !== undefined)
      // Started under more memory than the stage may have, a program might not fit into that any more.
      .filter(({ shape }) => !shape.place || stage.limits.memory_bytes >= shape.limits.memory_bytes);
    stocks[0]?.demand.arrive();
    return this.firstAlive(stocks);
  }

  private firstAlive(stocks: Stock[]): Sandbox | undefined {
    for (const stock of stocks) {
      for (let next = stock.next(); next; next = stock.next()) {
        if (next.sandbox.isAlive) return next.sandbox;
        this.dismiss(next.sandbox);
      }
    }
    return undefined;
  }

  private keyOf({ profile, launch, place, limits }: Shape): string {
    const engineKey = this.engine.keyOf(profile, limits);
    if (!place) return JSON.stringify([engineKey]);
    return JSON.stringify([engineKey, place, launch.argv, launch.env, launch.mergeStderr ?? false]);
  }

  /** Starts what is missing, as many at a time as may be; while something runs, only what may be asked for before it is ready. */
  private fill(): void {
    while (!this.stopped && this.filling < this.options.parallel) {
      const neediest =
        this.neediest(this.needed, (stock) => this.makesRoom(stock)) ??
        (this.isQuiet ? this.neediest(this.wanted, (stock) => this.makesRoomForSpare(stock)) : undefined);
      if (!neediest) return;
      this.filling++;
      neediest.starting++;
      const preparing = this.prepare(neediest)
        .catch((error: unknown) => {
          neediest.restUntil = performance.now() + REST_MS;
          const { profile } = neediest.shape;
          this.logger.warn(`nothing is prepared for ${profile.language} for a while: ${String(error)}`);
        })
        .finally(() => {
          this.filling--;
          this.underWay.delete(preparing);
          this.fill();
        });
      this.underWay.add(preparing);
    }
  }

  /** The shape that lacks most of its target and for which there is room. */
  private neediest(
    target: (stock: Stock) => number,
    makesRoom: (stock: Stock) => boolean,
  ): Stock | undefined {
    const now = performance.now();
    const missing = (stock: Stock) => target(stock) - stock.size;
    return [...this.stocks.values()]
      .filter((stock) => stock.restUntil < now && missing(stock) > 0)
      .sort((a, b) => missing(b) - missing(a) || a.size - b.size)
      .find(makesRoom);
  }

  /** What its arrivals need while one more is made ready. */
  private readonly needed = ({ demand }: Stock): number => {
    const { minPerShape, maxPerShape } = this.options;
    return Math.min(maxPerShape, Math.max(minPerShape, demand.idleMs() > IDLE_MS ? 0 : demand.atOnce()));
  };

  /** With what a burst needs. */
  private readonly wanted = (stock: Stock): number => {
    const burst = stock.demand.idleMs() > IDLE_MS ? 0 : stock.demand.inABurst();
    return Math.max(this.needed(stock), Math.min(this.options.maxPerShape, burst));
  };

  private async prepare(stock: Stock): Promise<void> {
    const { profile, launch, place, limits } = stock.shape;
    const since = performance.now();
    const sandbox = await this.engine.take(profile, limits).finally(() => stock.starting--);
    if (this.stopped) return this.dismiss(sandbox);
    const waiting: Waiting = { sandbox, since, ready: false, asked: false };
    stock.waiting.push(waiting);
    try {
      await inTime(place ? sandbox.park(launch, place, limits) : sandbox.prepared());
      if (!stock.waiting.includes(waiting)) return; // taken on the way
      waiting.ready = true;
      stock.demand.prepared(performance.now() - since);
      stock.measure(sandbox);
    } catch (error) {
      // Taken on the way, it has become its taker's, and so has its end.
      if (!this.withdraw(stock, waiting)) return;
      this.dismiss(sandbox);
      throw error;
    }
  }

  /** @returns whether it was still waiting: nobody has taken it */
  private withdraw(stock: Stock, waiting: Waiting): boolean {
    const at = stock.waiting.indexOf(waiting);
    if (at >= 0) stock.waiting.splice(at, 1);
    return at >= 0;
  }

  private sweep(): void {
    const now = performance.now();
    for (const stock of this.stocks.values()) {
      const gone = stock.waiting.filter(
        ({ sandbox, since, ready }) => !sandbox.isAlive || (ready && now - since > MAX_AGE_MS),
      );
      const surplus = Math.max(0, stock.waiting.length - gone.length - this.wanted(stock));
      const kept = stock.waiting.filter((one) => !gone.includes(one));
      for (const waiting of [...gone, ...kept.slice(0, surplus)]) {
        if (this.withdraw(stock, waiting)) this.dismiss(waiting.sandbox);
      }
      for (const waiting of stock.waiting) if (waiting.ready) void this.ask(stock, waiting);
    }
    this.fill();
  }

  /** One that was frozen looks as alive as any that waits. */
  private async ask(stock: Stock, waiting: Waiting): Promise<void> {
    if (waiting.asked) return;
    waiting.asked = true;
    const answered = await waiting.sandbox.answers();
    waiting.asked = false;
    if (answered || !this.withdraw(stock, waiting)) return;
    this.dismiss(waiting.sandbox);
    this.fill();
  }

  /** Within the budget, at the cost of what was asked for longest ago. */
  private makesRoom(stock: Stock, kept: (stock: Stock) => number = () => 0): boolean {
    const { memoryBytes } = this.options;
    return this.drops(stock, kept, () => this.bytes(({ size }) => size) > memoryBytes - stock.bytesEach);
  }

  /** A spare takes nothing that others need, and all spares together stay within their part. */
  private makesRoomForSpare(stock: Stock): boolean {
    const most = this.options.memoryBytes / SPARE_SHARE - stock.bytesEach;
    const spares = (one: Stock) => Math.max(0, one.size - this.needed(one));
    return (
      this.drops(stock, this.needed, () => this.bytes(spares) > most) && this.makesRoom(stock, this.needed)
    );
  }

  /** @returns whether it is enough to drop what other shapes, asked for longer ago, have beyond what they keep */
  private drops(stock: Stock, kept: (stock: Stock) => number, isTooMuch: () => boolean): boolean {
    while (isTooMuch()) {
      const [least] = [...this.stocks.values()]
        .filter(
          (other) =>
            other !== stock &&
            other.waiting.length > kept(other) &&
            other.demand.idleMs() > stock.demand.idleMs(),
        )
        .sort((a, b) => b.demand.idleMs() - a.demand.idleMs());
      const dropped = least?.next();
      if (!dropped) return false;
      this.dismiss(dropped.sandbox);
    }
    return true;
  }

  private bytes(counted: (stock: Stock) => number): number {
    return [...this.stocks.values()].reduce((sum, stock) => sum + counted(stock) * stock.bytesEach, 0);
  }

  /** Takes it down in the background: nobody waits for a sandbox to be gone. */
  private dismiss(sandbox: Sandbox): void {
    const gone = Promise.resolve(sandbox[Symbol.asyncDispose]()).catch((error: unknown) => {
      this.logger.error(`a sandbox could not be taken down: ${String(error)}`);
    });
    this.underWay.add(gone);
    void gone.finally(() => this.underWay.delete(gone));
  }
}

/** @throws Error when it takes so long that it will not come to an end */
async function inTime(preparing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it was not ready after ${PATIENCE_MS / 1000} s`)),
      PATIENCE_MS,
    );
  });
  await Promise.race([preparing, late]).finally(() => clearTimeout(timer));
}
