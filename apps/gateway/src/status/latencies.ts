/** Steps to each doubling: a quantile is right within 5 %. */
const STEPS = 8;
/** Up to 2^24 ms, some hours; what took longer counts as that. */
const DOUBLINGS = 24;

/** How long things took, as counts by size: so much memory, whatever comes. */
export class Latencies {
  private readonly counts = new Uint32Array(STEPS * DOUBLINGS);
  private total = 0;

  /** @param ms below 1 counts as 1 */
  add(ms: number): void {
    const step = Math.floor(Math.log2(Math.max(ms, 1)) * STEPS);
    const at = Math.min(step, this.counts.length - 1);
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.total++;
  }

  /** Counts all of another one too. */
  include(other: Latencies): void {
    for (const [at, count] of other.counts.entries()) this.counts[at] = (this.counts[at] ?? 0) + count;
    this.total += other.total;
  }

  clear(): void {
    this.counts.fill(0);
    this.total = 0;
  }

  /**
   * @param part of all that are not longer than the answer, from 0 to 1
   * @returns milliseconds; undefined when there is nothing
   */
  quantile(part: number): number | undefined {
    if (this.total === 0) return undefined;
    let left = Math.max(1, Math.ceil(this.total * part));
    const at = this.counts.findIndex((count) => (left -= count) <= 0);
    return 2 ** ((at + 0.5) / STEPS);
  }
}
