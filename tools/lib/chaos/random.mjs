// @ts-check

/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  /** @param {string} seed */
  constructor(seed) {
    this.seed = seed;
    this.state = hashOf(seed);
  }

  /** Another sequence, which does not depend on how far this one was read. @param {string | number} name */
  fork(name) {
    return new Random(`${this.seed}/${name}`);
  }

  /** From 0 up to, but not including, 1. */
  fraction() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /**
   * A whole number.
   * @param {number} least
   * @param {number} most
   */
  between(least, most) {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** @param {number} share of the times that it is true */
  chance(share) {
    return this.fraction() < share;
  }

  /**
   * @template T
   * @param {readonly T[]} items at least one
   * @returns {T}
   */
  pick(items) {
    return /** @type {T} */ (items[this.between(0, items.length - 1)]);
  }

  /**
   * One of them, each as often as its weight says.
   * @template {{weight: number}} T
   * @param {readonly T[]} items at least one
   * @returns {T}
   */
  weighted(items) {
    let left = this.fraction() * items.reduce((sum, { weight }) => sum + weight, 0);
    return /** @type {T} */ (items.find(({ weight }) => (left -= weight) < 0) ?? items.at(-1));
  }

  /**
   * Some of them, none twice.
   * @template T
   * @param {readonly T[]} items
   * @param {number} count
   */
  some(items, count) {
    const left = [...items];
    return Array.from(
      { length: Math.min(count, left.length) },
      () => /** @type {T} */ (left.splice(this.between(0, left.length - 1), 1)[0]),
    );
  }
}

/** FNV-1a. @param {string} text */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
