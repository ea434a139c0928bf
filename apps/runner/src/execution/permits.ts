/** A right to run one program, with the slot it runs in. Dispose gives it back. */
export interface Permit extends Disposable {
  readonly slot: number;
}

/** Bounds what runs at one time. Slots are numbered 0 … total-1; waiters are served in order. */
export class Permits {
  private readonly slots: number[];
  private readonly waiters: ((slot: number) => void)[] = [];
  private watchers: (() => void)[] = [];

  constructor(readonly total: number) {
    this.slots = Array.from({ length: total }, (_, index) => total - 1 - index);
  }

  get free(): number {
    return this.slots.length;
  }

  /** Takes a permit, waiting for one when there is none. */
  async take(): Promise<Permit> {
    const slot = this.slots.pop() ?? (await new Promise<number>((resolve) => this.waiters.push(resolve)));
    let held = true;
    return {
      slot,
      [Symbol.dispose]: () => {
        if (held) this.giveBack(slot);
        held = false;
      },
    };
  }

  /**
   * Resolves once a permit is free, without taking it. All who wait are told: one of them alone might have
   * nothing to do with it.
   */
  async whenFree(): Promise<void> {
    while (this.slots.length === 0) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }

  private giveBack(slot: number): void {
    const next = this.waiters.shift();
    if (next) {
      next(slot);
      return;
    }
    this.slots.push(slot);
    const watchers = this.watchers;
    this.watchers = [];
    for (const tell of watchers) tell();
  }
}
