import { type Lane, LANES } from '@runbin/contracts/subjects';

/** A right to run one program. Dispose gives it back. */
export type Permit = Disposable;

/**
 * Bounds what runs at one time. Waiters of one lane are served in order, the lanes in turns: however many wait in
 * one, who is first in the other is next or next but one.
 */
export class Permits {
  private unused: number;
  private readonly waiters: Record<Lane, (() => void)[]> = { light: [], bulk: [] };
  private lastServed: Lane = 'bulk';
  private watchers: (() => void)[] = [];

  constructor(readonly total: number) {
    this.unused = total;
  }

  get free(): number {
    return this.unused;
  }

  /** Takes a permit, waiting for one when there is none. */
  async take(lane: Lane = 'light'): Promise<Permit> {
    if (this.unused > 0) this.unused--;
    else await this.turn(lane);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.giveBack();
        held = false;
      },
    };
  }

  /**
   * Resolves once there is something to do for who takes one of this lane, without taking it: when a permit is
   * free, or when the lane would be served next because only the other one waits. All who watch are told: one of
   * them alone might have nothing to do with it.
   */
  async whenFree(lane: Lane = 'light'): Promise<void> {
    while (!this.hasTurnFor(lane)) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }

  private hasTurnFor(lane: Lane): boolean {
    const { light, bulk } = this.waiters;
    return this.unused > 0 || (lane === 'light' && light.length === 0 && bulk.length > 0);
  }

  private giveBack(): void {
    const next = this.nextWaiter();
    if (next) next();
    else this.unused++;
    this.tellWatchers();
  }

  private turn(lane: Lane): Promise<void> {
    return new Promise((resolve) => {
      this.waiters[lane].push(resolve);
      this.tellWatchers();
    });
  }

  private tellWatchers(): void {
    const watchers = this.watchers;
    this.watchers = [];
    for (const tell of watchers) tell();
  }

  private nextWaiter(): (() => void) | undefined {
    const lanes = LANES.filter((lane) => this.waiters[lane].length > 0);
    const lane = lanes.find((candidate) => candidate !== this.lastServed) ?? lanes[0];
    if (lane === undefined) return undefined;
    this.lastServed = lane;
    return this.waiters[lane].shift();
  }
}
