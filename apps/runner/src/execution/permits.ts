/** A right to run one program. Dispose gives it back. */
export type Permit = Disposable;

/** Bounds what runs at one time. Waiters are served in order. */
export class Permits {
  private unused: number;
  private readonly waiters: (() => void)[] = [];
  private watchers: (() => void)[] = [];

  constructor(readonly total: number) {
    this.unused = total;
  }

  get free(): number {
    return this.unused;
  }

  /** Takes a permit, waiting for one when there is none. */
  async take(): Promise<Permit> {
    if (this.unused > 0) this.unused--;
    else await new Promise<void>((resolve) => this.waiters.push(resolve));
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.giveBack();
        held = false;
      },
    };
  }

  /**
   * Resolves once a permit is free, without taking it. All who wait are told: one of them alone might have
   * nothing to do with it.
   */
  async whenFree(): Promise<void> {
    while (this.unused === 0) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }

  private giveBack(): void {
    const next = this.waiters.shift();
    if (next) {
      next();
      return;
    }
    this.unused++;
    const watchers = this.watchers;
    this.watchers = [];
    for (const tell of watchers) tell();
  }
}
