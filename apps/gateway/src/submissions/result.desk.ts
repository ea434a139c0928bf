import { Injectable } from '@nestjs/common';
import type { Result } from '@runbin/contracts/result';
import { resultGet, submissionSummary } from '@runbin/contracts/rpc';
import { Problem } from '@runbin/platform/problem';
import { RpcClient } from '@runbin/platform/rpc.client';
import { awaitFinal } from '../waiting/await.final';
import { ResultWaiters } from '../waiting/result.waiters';
import { queuedResult } from './queued.result';

/** Answers what is known of a submission's result, now or when it is final. */
@Injectable()
export class ResultDesk {
  constructor(
    private readonly rpc: RpcClient,
    private readonly waiters: ResultWaiters,
  ) {}

  /** @throws Problem `submission_not_found`, `result_gone`, `unavailable` */
  async get(submissionId: string, waitMs: number, signal: AbortSignal): Promise<Result> {
    if (waitMs === 0) return this.now(submissionId);
    using waiter = this.waiters.register(submissionId);
    return await awaitFinal(this.waiters, waiter, () => this.now(submissionId), { waitMs, signal });
  }

  /** The stored result, or null when nothing has been stored. */
  stored(submissionId: string): Promise<Result | null> {
    return this.rpc.call(resultGet, { submission_id: submissionId });
  }

  /**
   * What is known of it now.
   * @throws Problem `submission_not_found`, `result_gone`, `unavailable`
   */
  async now(submissionId: string): Promise<Result> {
    const stored = await this.stored(submissionId);
    if (stored) return stored;
    const summary = await this.rpc.call(submissionSummary, { submission_id: submissionId });
    if (!summary) throw new Problem('submission_not_found', `There is no submission ${submissionId}.`);
    if (!summary.finished) return queuedResult(summary);
    // It may have finished between the two questions; what is known to be finished was stored before.
    const arrived = await this.stored(submissionId);
    if (!arrived) throw new Problem('result_gone', 'This result is older than results are kept here.');
    return arrived;
  }
}
