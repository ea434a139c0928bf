import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Replay } from '@runbin/contracts/result';
import { RESULT_READY_ALL, resultReadySubject } from '@runbin/contracts/subjects';
import { type ResultReady, ResultReadySchema } from '@runbin/contracts/work';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { Recent } from '@runbin/platform/recent';

/** So many of the last announcements are remembered: a moment's worth under load, and at most a few megabytes. */
const REMEMBERED = 256;

/** What a waiter wants to hear of: only the final result, or also that a run has begun. */
export type Announced = 'final' | 'anything';

/** Someone who waits for the result of one submission. Dispose it when the waiting is over. */
export interface Waiter extends Disposable {
  /**
   * Resolves when there is a reason to ask again: what it waits for was announced (also if that was before this
   * call, or a moment before it was registered), or an announcement may have been missed. Else after `timeoutMs`, or
   * when `signal` fires.
   */
  wake(timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** Wakes it for a reason that somebody else has. */
  poke(): void;
  /** What came of the run, where the last announcement said all of it: then there is nothing to ask. */
  readonly heard: Replay | undefined;
}

/**
 * Wakes those who wait for results. Nothing here polls: one subscription to every announcement lives as long
 * as the gateway, and a waiter is registered before the question is asked, so that an announcement between
 * the answer and the waiting is not lost. A run may be over before the gateway has read that it was accepted; who follows
 * it then finds its announcement among the last ones. Announcements are losable; after a reconnect every waiter wakes and
 * asks again, and whoever waits asks a last time at the end.
 */
@Injectable()
export class ResultWaiters implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('ResultWaiters');
  private readonly waiters = new Map<string, Map<Latch, Announced>>();
  private recent = new Recent<ResultReady>(REMEMBERED);
  private readonly listeners = new Set<(ready: ResultReady) => void>();
  private closing = false;

  constructor(private readonly nats: NatsConnection) {}

  onModuleInit(): void {
    this.nats.core.subscribe(RESULT_READY_ALL, {
      callback: (error, message) => {
        if (error) this.logger.warn(`result announcements: ${error.message}`);
        else this.announced(announcementOf(message));
      },
    });
    this.nats.onReconnected(() => {
      // What was announced meanwhile may say otherwise.
      this.recent = new Recent(REMEMBERED);
      this.wakeAll();
    });
  }

  /** Whoever waits is answered with what is known, so that stopping does not take the longest wait. */
  onModuleDestroy(): void {
    this.closing = true;
    this.wakeAll();
  }

  register(submissionId: string, of: Announced = 'final'): Waiter {
    const latch = new Latch();
    const siblings = this.waiters.get(submissionId) ?? new Map<Latch, Announced>();
    this.waiters.set(submissionId, siblings.set(latch, of));
    const before = this.recent.get(submissionId);
    if (before) latch.hear(before, of);
    return {
      get heard() {
        return latch.heard;
      },
      poke: () => latch.open(),
      wake: (timeoutMs, signal) => (this.closing ? Promise.resolve() : latch.opened(timeoutMs, signal)),
      [Symbol.dispose]: () => {
        siblings.delete(latch);
        if (siblings.size === 0 && this.waiters.get(submissionId) === siblings)
          this.waiters.delete(submissionId);
      },
    };
  }

  /** Calls back at every announcement, whoever waits for it. */
  onAnnounced(listener: (ready: ResultReady) => void): void {
    this.listeners.add(listener);
  }

  /** No use in waiting any longer. */
  get isClosing(): boolean {
    return this.closing;
  }

  /** How many submissions are waited for. */
  get size(): number {
    return this.waiters.size;
  }

  private announced(ready: ResultReady | undefined): void {
    if (!ready) return;
    this.recent.set(ready.submission_id, ready, 1);
    for (const [latch, wanted] of this.waiters.get(ready.submission_id) ?? []) latch.hear(ready, wanted);
    for (const listener of this.listeners) listener(ready);
  }

  private wakeAll(): void {
    for (const latches of this.waiters.values()) for (const latch of latches.keys()) latch.open();
  }
}

/** What a message announces, or undefined when it is none of ours. */
function announcementOf(message: { subject: string; json(): unknown }): ResultReady | undefined {
  try {
    const { success, data } = ResultReadySchema.safeParse(message.json());
    if (!success || message.subject !== resultReadySubject(data.submission_id)) return undefined;
    return data;
  } catch {
    return undefined;
  }
}

/** Remembers that it was opened until someone has passed through. */
class Latch {
  heard: Replay | undefined;
  private isOpen = false;
  private pass: (() => void) | undefined;

  hear({ final, replay }: ResultReady, wanted: Announced): void {
    this.heard = replay;
    if (final || wanted === 'anything') this.open();
  }

  open(): void {
    this.isOpen = true;
    this.pass?.();
  }

  async opened(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.isOpen && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        const pass = () => {
          clearTimeout(timer);
          resolve();
        };
        this.pass = pass;
        signal.addEventListener('abort', pass, { once: true });
      });
    }
    this.pass = undefined;
    this.isOpen = false;
  }
}
