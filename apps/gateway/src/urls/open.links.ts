import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { urlResolve } from '@runbin/contracts/rpc';
import type { Link } from '@runbin/contracts/url';
import { Problem } from '@runbin/platform/problem';
import { RpcClient } from '@runbin/platform/rpc.client';

/** Another gateway may have revoked a link: so often it is asked whether it still opens. */
const CHECK_MS = 5_000;

/** A link that somebody reads for longer than a moment. Dispose it when the reading is over. */
export interface HeldLink extends Disposable {
  readonly submissionId: string;
  /** Aborted when the link has ended: expired, revoked, or without its submission. */
  readonly ended: AbortSignal;
}

interface Watched {
  readonly link: Link;
  readonly ending: AbortController;
  holders: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Links that are read for longer than a moment, by following their runs or waiting for them. What a link gave access to
 * ends with it: at once when it is revoked here or expires, within CHECK_MS when it was revoked by another gateway. While
 * the url service is not reachable, reading goes on.
 */
@Injectable()
export class OpenLinks implements OnModuleDestroy {
  private readonly logger = new Logger('OpenLinks');
  private readonly watched = new Map<string, Watched>();

  constructor(private readonly rpc: RpcClient) {}

  /** @param link as it was resolved just now */
  hold(link: Link): HeldLink {
    const watched = this.watched.get(link.code) ?? this.watch(link);
    watched.holders++;
    let isHeld = true;
    return {
      submissionId: link.submission_id,
      ended: watched.ending.signal,
      [Symbol.dispose]: () => {
        if (isHeld && --watched.holders === 0) this.forget(watched);
        isHeld = false;
      },
    };
  }

  /** The link has ended, as far as it is known here. */
  end(code: string): void {
    const watched = this.watched.get(code);
    if (!watched) return;
    this.forget(watched);
    watched.ending.abort();
  }

  onModuleDestroy(): void {
    for (const watched of this.watched.values()) this.forget(watched);
  }

  /** How many links are read now. */
  get size(): number {
    return this.watched.size;
  }

  private watch(link: Link): Watched {
    const watched: Watched = { link, ending: new AbortController(), holders: 0, timer: undefined };
    this.watched.set(link.code, watched);
    this.checkLater(watched);
    return watched;
  }

  private checkLater(watched: Watched): void {
    const { expires_at } = watched.link;
    const leftMs = expires_at === null ? Infinity : Date.parse(expires_at) - Date.now();
    // Two clocks may differ: one that should have expired is asked about as often as any other.
    const waitMs = leftMs > 0 ? Math.min(leftMs + 1, CHECK_MS) : CHECK_MS;
    watched.timer = setTimeout(() => void this.check(watched), waitMs).unref();
  }

  private async check(watched: Watched): Promise<void> {
    const { code } = watched.link;
    try {
      await this.rpc.call(urlResolve, { code });
    } catch (error) {
      if (error instanceof Problem && error.code !== 'unavailable') this.end(code);
      else if (!(error instanceof Problem)) this.logger.error(error);
    }
    if (this.watched.get(code) === watched) this.checkLater(watched);
  }

  private forget(watched: Watched): void {
    clearTimeout(watched.timer);
    if (this.watched.get(watched.link.code) === watched) this.watched.delete(watched.link.code);
  }
}
