import { Injectable } from '@nestjs/common';
import { outputSubject } from '@runbin/contracts/subjects';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { Budgets } from '../admission/budgets';
import type { Client } from '../admission/client';
import { ResultWaiters } from '../waiting/result.waiters';
import { HeldRecord } from './held.record';
import { OutputWindow, WindowPool } from './output.window';
import { RunSources } from './run.sources';
import { RunWatch } from './run.watch';
import type { RunFacts } from './told';

/** Somebody who follows a run. Dispose it when the following is over. */
export type Follower = Pick<RunWatch, 'next'> & Disposable;

interface Shared {
  readonly watch: RunWatch;
  readonly begun: Promise<void>;
  followers: number;
}

/** The runs that are followed here: one watch for each, with one subscription, however many follow. */
@Injectable()
export class RunWatches {
  private readonly shared = new Map<string, Shared>();
  private readonly pool = new WindowPool();

  constructor(
    private readonly nats: NatsConnection,
    private readonly sources: RunSources,
    private readonly waiters: ResultWaiters,
    private readonly budgets: Budgets,
  ) {}

  /**
   * @param client who is counted for the memory of its record, when it is the first
   * @param fresh what is known of it, when it was accepted just now
   * @throws Problem `submission_not_found`, `result_gone`, `overloaded`, `unavailable`
   */
  async follow(submissionId: string, client: Client, fresh?: RunFacts): Promise<Follower> {
    const known = this.shared.get(submissionId);
    const shared = known && !known.watch.isOver ? known : this.open(submissionId, client, fresh);
    shared.followers++;
    const leave = () => {
      if (--shared.followers === 0) shared.watch.end();
    };
    try {
      await shared.begun;
    } catch (error) {
      leave();
      throw error;
    }
    return { next: (place, patience) => shared.watch.next(place, patience), [Symbol.dispose]: leave };
  }

  /** How many runs are followed. */
  get size(): number {
    return this.shared.size;
  }

  /** Characters of output that they keep. */
  get held(): number {
    return this.pool.held;
  }

  private open(submissionId: string, client: Client, fresh: RunFacts | undefined): Shared {
    const waiter = this.waiters.register(submissionId, 'anything');
    const record = new HeldRecord(this.budgets, client, () => watch.end());
    const watch = new RunWatch(submissionId, {
      sources: this.sources,
      waiter,
      window: new OutputWindow(this.pool),
      isClosing: () => this.waiters.isClosing,
      hold: (bytes) => record.hold(bytes),
      release: () => {
        subscription.unsubscribe();
        waiter[Symbol.dispose]();
        record[Symbol.dispose]();
        if (this.shared.get(submissionId)?.watch === watch) this.shared.delete(submissionId);
      },
    });
    const subscription = this.nats.core.subscribe(outputSubject(submissionId), {
      callback: (error, message) => {
        if (!error) watch.hear(jsonOf(message));
      },
    });
    // Heard from here on: what was written before can be read.
    const shared = { watch, begun: watch.begin(fresh), followers: 0 };
    this.shared.set(submissionId, shared);
    return shared;
  }
}

function jsonOf(message: { json(): unknown }): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
