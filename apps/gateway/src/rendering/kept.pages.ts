import { Recent } from '@runbin/platform/recent';

/** Bytes of pages that are kept. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** How long: what a page was made from may be deleted for its age, which nobody announces. */
const KEPT_MS = 60_000;

export interface MadePage {
  readonly bytes: Buffer;
  /** Nothing can change it any more. */
  readonly isFinal: boolean;
}

/**
 * Pages by what they show. Readers of one page that come while it is made wait for the same one; a final page is kept
 * for a while. Whether a reader may have it is asked before, for each reader (LinkPages).
 */
export class KeptPages {
  private readonly kept = new Recent<{ page: MadePage; untilMs: number }>(KEPT_BYTES);
  private readonly inWork = new Map<string, Promise<MadePage>>();

  constructor(private readonly nowMs = () => performance.now()) {}

  async get(key: string, make: () => Promise<MadePage>): Promise<MadePage> {
    const known = this.kept.get(key);
    if (known && this.nowMs() < known.untilMs) return known.page;
    const begun = this.inWork.get(key) ?? this.begin(key, make);
    return begun;
  }

  private begin(key: string, make: () => Promise<MadePage>): Promise<MadePage> {
    const making = make()
      .then((page) => {
        if (page.isFinal)
          this.kept.set(key, { page, untilMs: this.nowMs() + KEPT_MS }, page.bytes.length + key.length);
        return page;
      })
      .finally(() => this.inWork.delete(key));
    this.inWork.set(key, making);
    return making;
  }
}
