import { Injectable, Logger } from '@nestjs/common';
import { MESSAGE_VERSION } from '@runbin/contracts/work';
import { type OutputPage, OutputPageSchema, type OutputRead } from '@runbin/contracts/live';
import { resultReplay, submissionSummary } from '@runbin/contracts/rpc';
import { inputSubject } from '@runbin/contracts/subjects';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { Problem } from '@runbin/platform/problem';
import { RpcClient } from '@runbin/platform/rpc.client';
import type { Place } from './run.place';
import type { RunFacts } from './told';

/** A runner answers from memory; one that does not is gone, or will be asked again. */
const READ_TIMEOUT_MS = 2_000;

/** Where a run can be read from: the runner while it goes on, the record afterwards. */
@Injectable()
export class RunSources {
  private readonly logger = new Logger('RunSources');

  constructor(
    private readonly nats: NatsConnection,
    private readonly rpc: RpcClient,
  ) {}

  /** What the run has written from there on, or undefined: nobody runs it now, or nobody can be asked. */
  async read(submissionId: string, { attempt, seq }: Place): Promise<OutputPage | undefined> {
    const question: OutputRead = { v: MESSAGE_VERSION, kind: 'read', attempt, seq };
    try {
      const reply = await this.nats.ask(inputSubject(submissionId), question, READ_TIMEOUT_MS);
      return reply === undefined ? undefined : OutputPageSchema.parse(reply);
    } catch (error) {
      this.logger.debug(`${submissionId} can not be read: ${String(error)}`);
      return undefined;
    }
  }

  /**
   * The stored result with its output, or undefined: nothing has been stored.
   * @throws Problem `unavailable`
   */
  async replay(submissionId: string) {
    return (await this.rpc.call(resultReplay, { submission_id: submissionId })) ?? undefined;
  }

  /** @throws Problem `submission_not_found`, `unavailable` */
  async facts(submissionId: string): Promise<RunFacts & { readonly finished: boolean }> {
    const summary = await this.rpc.call(submissionSummary, { submission_id: submissionId });
    if (!summary) throw new Problem('submission_not_found', `There is no submission ${submissionId}.`);
    return summary;
  }
}
