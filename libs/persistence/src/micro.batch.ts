/** Bounds of one write. */
export interface BatchBounds<Item> {
  readonly maxItems: number;
  readonly maxBytes?: number;
  readonly bytesOf?: (item: Item) => number;
  /** How long the first item waits for company; 0: not at all. */
  readonly delayMs?: number;
}

/**
 * Writes items together without making any of them wait for others: what arrives while a write is in flight
 * goes into the next one. So one item alone is written at once, and under load the batches grow by themselves.
 */
export class MicroBatch<Item> {
  private waiting: Item[] = [];
  private running: Promise<void> | undefined;

  /** @param write must settle every item by itself and not throw */
  constructor(
    private readonly write: (items: Item[]) => Promise<void>,
    private readonly bounds: BatchBounds<Item>,
  ) {}

  add(item: Item): void {
    this.waiting.push(item);
    this.running ??= this.run();
  }

  /** Resolves when everything that was added so far, and meanwhile, has been written. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // One turn of the event loop at least, so that what arrived in one packet is written in one statement.
    const { delayMs } = this.bounds;
    // Not a timer of 0: that is a whole millisecond.
    await new Promise<void>((resolve) => (delayMs ? setTimeout(resolve, delayMs) : setImmediate(resolve)));
    while (this.waiting.length > 0) await this.write(this.next());
    // In the same turn as the look at the list: an item that comes later starts the next run.
    this.running = undefined;
  }

  /** As many as the bounds allow, one at least. */
  private next(): Item[] {
    const { maxItems, maxBytes = Infinity, bytesOf = () => 0 } = this.bounds;
    let bytes = 0;
    let count = 0;
    for (const item of this.waiting.slice(0, maxItems)) {
      bytes += bytesOf(item);
      if (count > 0 && bytes > maxBytes) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }
}
