import Hashids from 'hashids';

/** Codes are never shorter, so that a look at one does not tell how old it is. */
const MIN_LENGTH = 8;

/** What a code stands for. */
export interface LinkKey {
  readonly number: number;
  /** Below 2^48. */
  readonly secret: number;
}

/**
 * Codes of links: Hashids of number and secret. Hashids hides nothing (anyone may decode it); that a link can
 * not be found by counting is the secret's doing. Its alphabet leaves 44 letters to digits, so the 48 bits take
 * at most 9 and a number up to 44^5 (165 million) at most 5 of them, with one letter before and one between:
 * 16 in all.
 */
export class LinkCodes {
  private readonly hashids: Hashids;

  constructor(salt: string) {
    this.hashids = new Hashids(salt, MIN_LENGTH);
  }

  encode({ number, secret }: LinkKey): string {
    return this.hashids.encode([number, secret]);
  }

  /** undefined when this is not a code that `encode` would have made. */
  decode(code: string): LinkKey | undefined {
    try {
      const [number, secret, ...more] = this.hashids.decode(code).map(Number);
      if (number === undefined || secret === undefined || more.length > 0) return undefined;
      const key = { number, secret };
      return this.encode(key) === code ? key : undefined;
    } catch {
      // Hashids throws on letters that it does not use.
      return undefined;
    }
  }
}
