import type { Client } from './client';

/** What was taken of a budget; dispose it to give it back. */
export type Share = Disposable;

/**
 * Bounds something that costs memory for as long as it is held: in all, and for each client, so that none can
 * take it from the others. Who holds nothing yet gets one, whatever its size, so that nothing is refused for ever:
 * the bound is exceeded by one at most.
 */
export class Budget {
  private held = 0;
  private readonly heldBy = new Map<string, number>();

  /** @param perClient of bounded clients; the others share the whole with everybody */
  constructor(
    private readonly total: number,
    private readonly perClient: number,
  ) {}

  /** @returns why it can not be had: the client has its share already, or all together have everything */
  take(client: Client, amount: number): Share | 'client' | 'total' {
    const mine = this.heldBy.get(client.id) ?? 0;
    if (client.isBounded && mine > 0 && mine + amount > this.perClient) return 'client';
    if (this.held > 0 && this.held + amount > this.total) return 'total';
    this.held += amount;
    this.heldBy.set(client.id, mine + amount);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.giveBack(client, amount);
        isHeld = false;
      },
    };
  }

  get inUse(): number {
    return this.held;
  }

  private giveBack(client: Client, amount: number): void {
    this.held -= amount;
    const left = (this.heldBy.get(client.id) ?? 0) - amount;
    if (left > 0) this.heldBy.set(client.id, left);
    else this.heldBy.delete(client.id);
  }
}
