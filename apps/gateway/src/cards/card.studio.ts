import { Injectable } from '@nestjs/common';
import { isFinal } from '@runbin/contracts/status';
import { overloaded } from '../admission/budgets';
import { Recent } from '@runbin/platform/recent';
import { RenderPool } from '../rendering/render.pool';
import type { ShownLink } from '../urls/link.desk';
import { cardPicture } from './card.picture';

/** Bytes of cards that are remembered; one has some 60 KB. */
const REMEMBERED_BYTES = 8 * 1024 * 1024;

/** Cards that may wait for their turn; each takes 40 ms. */
const MAX_WAITING = 32;

/** Draws the cards of links, one after the other, so that they never take more than one core. */
@Injectable()
export class CardStudio {
  private readonly drawn = new Recent<Buffer>(REMEMBERED_BYTES);
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly renderer: RenderPool) {}

  /**
   * A PNG.
   * @throws Problem `overloaded`
   */
  async cardOf(shown: ShownLink): Promise<Buffer> {
    const key = keyOf(shown);
    const known = this.drawn.get(key);
    if (known) return known;
    if (this.waiting >= MAX_WAITING) throw overloaded();
    this.waiting += 1;
    const card = this.last.then(() => this.drawn.get(key) ?? this.draw(shown));
    this.last = card.catch(() => undefined);
    try {
      const picture = await card;
      if (shown.result && isFinal(shown.result.status)) this.drawn.set(key, picture, picture.length);
      return picture;
    } finally {
      this.waiting -= 1;
    }
  }

  private async draw(shown: ShownLink): Promise<Buffer> {
    return cardPicture(await this.renderer.render({ kind: 'card text', shown }));
  }
}

/** A submission never changes, and neither does a final result. */
const keyOf = ({ submission, result }: ShownLink) =>
  `${submission.submission_id} ${result?.status ?? ''} ${result?.attempt ?? 0}`;
