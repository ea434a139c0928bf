import { Injectable } from '@nestjs/common';
import type { InputMessage } from '@runbin/contracts/live';
import { submissionDelete } from '@runbin/contracts/rpc';
import { inputSubject } from '@runbin/contracts/subjects';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { RpcClient } from '@runbin/platform/rpc.client';

const CANCEL: InputMessage = { v: 1, kind: 'cancel' };

/** Deletes submissions for their owners. */
@Injectable()
export class DeletionDesk {
  constructor(
    private readonly rpc: RpcClient,
    private readonly nats: NatsConnection,
  ) {}

  /** @throws Problem `submission_not_found`, `unavailable` */
  async delete(submissionId: string, ownerTokenSha256: string): Promise<void> {
    await this.rpc.call(submissionDelete, {
      submission_id: submissionId,
      owner_token_sha256: ownerTokenSha256,
    });
    // Only now: what comes of the run has no place any more. Losable: a run that does not hear it ends by itself.
    this.nats.emit(inputSubject(submissionId), CANCEL);
  }
}
