import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { resultDelete, type submissionDelete, urlRetire } from '@runbin/contracts/rpc';
import { RepeatingTask } from '@runbin/persistence/repeating.task';
import { Problem } from '@runbin/platform/problem';
import { type RpcClient } from '@runbin/platform/rpc.client';
import { type DeletionStore, type DueDeletion } from './deletion.store';
import { messageIdOf } from './execute.run';
import { type WorkQueue } from './work.queue';

type OwnerRequest = z.infer<typeof submissionDelete.request>;

const BATCH = 50;

/** A service that takes longer than this does not hold the answer up: it is told later. */
const TELL_PATIENCE_MS = 1_500;

/**
 * Deletes submissions. The row goes first, and with it everything that can be read of it by its id; in the same
 * transaction it is noted who else must forget it. They are told at once, and by a relay until all of them have
 * answered: the queue, so that it is not run; the result service, which keeps the place of a result that may still
 * come; the url service, whose links say that they are gone.
 */
export class DeletionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Deletion');
  private readonly task: RepeatingTask;

  constructor(
    private readonly store: DeletionStore,
    private readonly rpc: RpcClient,
    private readonly queue: WorkQueue,
    intervalMs: number,
  ) {
    this.task = new RepeatingTask('Deletion', intervalMs, () => this.round());
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  /**
   * Of a submission of somebody else nobody learns that there is one.
   * @throws Problem submission_not_found
   */
  async authorize({ submission_id, owner_token_sha256 }: OwnerRequest): Promise<Record<string, never>> {
    const owner = await this.store.findOwner(submission_id);
    if (owner && timingSafeEqual(owner, Buffer.from(owner_token_sha256, 'hex'))) return {};
    throw new Problem('submission_not_found', `There is no submission ${submission_id} of this owner token.`);
  }

  /** @throws Problem submission_not_found */
  async delete(request: OwnerRequest): Promise<Record<string, never>> {
    await this.authorize(request);
    const { submission_id } = request;
    const deletion = await this.store.delete(submission_id, messageIdOf(submission_id, 1));
    // undefined: the same request came twice at one time.
    if (deletion) {
      const done = new AbortController();
      const told = this.tell([deletion]).finally(() => done.abort());
      const patience = delay(TELL_PATIENCE_MS, undefined, { signal: done.signal }).catch(() => undefined);
      await Promise.race([told, patience]);
    }
    return {};
  }

  private async round(): Promise<void> {
    for (;;) {
      const due = await this.store.claimDue(BATCH);
      if (due.length === 0) return;
      const untold = await this.tell(due);
      if (untold > 0 || due.length < BATCH) return;
    }
  }

  /** @returns how many could not be told everywhere */
  private async tell(deletions: readonly DueDeletion[]): Promise<number> {
    const outcomes = await Promise.allSettled(deletions.map((deletion) => this.tellAll(deletion)));
    const idsWhere = (status: PromiseSettledResult<unknown>['status']) =>
      deletions
        .filter((_, index) => outcomes[index]?.status === status)
        .map(({ submission_id }) => submission_id);
    const told = idsWhere('fulfilled');
    const untold = idsWhere('rejected');
    if (untold.length > 0) this.logger.warn(`${untold.length} deletions are not complete; tried again later`);
    await Promise.all([
      told.length > 0 && this.store.remove(told),
      untold.length > 0 && this.store.release(untold),
    ]).catch((error: unknown) => this.logger.warn(`deletions are told once more: ${String(error)}`));
    return untold.length;
  }

  private async tellAll({ submission_id, language }: DueDeletion): Promise<void> {
    await Promise.all([
      this.queue.withdraw(language, submission_id),
      this.rpc.call(resultDelete, { submission_id }),
      this.rpc.call(urlRetire, { submission_id }),
    ]);
  }
}
