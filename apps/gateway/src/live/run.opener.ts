import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { submissionAuthorize } from '@runbin/contracts/rpc';
import type { AttachMessageSchema, RunMessageSchema } from '@runbin/contracts/run.socket';
import type { SubmitCodeResponse } from '@runbin/contracts/submission';
import { Problem } from '@runbin/platform/problem';
import { RpcClient } from '@runbin/platform/rpc.client';
import type { Client } from '../admission/client';
import { WriteRate } from '../admission/write.rate';
import { SubmissionDesk } from '../submissions/submission.desk';
import { type Place, placeOf } from './run.place';
import { type Follower, RunWatches } from './run.watches';
import type { RunFacts } from './told';

/** A run that a socket has to do with. */
export interface OpenedRun {
  readonly submissionId: string;
  /** It was submitted by this socket. */
  readonly accepted: SubmitCodeResponse | undefined;
  /** What is known of one that was accepted just now. */
  readonly fresh: RunFacts | undefined;
  /** Where the client is already. */
  readonly after: Place | 'end' | undefined;
  readonly isOwner: boolean;
  /** It ends with the socket. */
  readonly isBound: boolean;
}

/** Submits what a socket is to run, or finds what it is to follow. */
@Injectable()
export class RunOpener {
  constructor(
    private readonly submissions: SubmissionDesk,
    private readonly writes: WriteRate,
    private readonly rpc: RpcClient,
    private readonly watches: RunWatches,
  ) {}

  /** @throws Problem for everything that is wrong with it; then nothing has been stored */
  async run(
    { submission, terminal, detached }: z.infer<typeof RunMessageSchema>,
    client: Client,
    signal: AbortSignal,
  ): Promise<OpenedRun> {
    if (this.writes.take(client)?.allowed === false)
      throw new Problem('too_many_requests', 'You submit faster than this server lets you; wait a moment.');
    const interactive = { stdin: 'open', terminal } as const;
    const { response, language } = await this.submissions.submit(submission, {
      ...{ client, signal, interactive },
      ...{ keyed: undefined, waitMs: 0 },
    });
    const { submission_id: submissionId } = response;
    const fresh = { ...response, language };
    return { submissionId, accepted: response, fresh, after: undefined, isOwner: true, isBound: !detached };
  }

  /** @throws Problem `submission_not_found`, `unavailable` */
  async attach({
    submission_id,
    owner_token,
    after,
  }: z.infer<typeof AttachMessageSchema>): Promise<OpenedRun> {
    if (owner_token !== undefined) {
      const owner_token_sha256 = createHash('sha256').update(owner_token).digest('hex');
      await this.rpc.call(submissionAuthorize, { submission_id, owner_token_sha256 });
    }
    return {
      submissionId: submission_id,
      accepted: undefined,
      fresh: undefined,
      after: after === undefined ? undefined : placeOf(after),
      isOwner: owner_token !== undefined,
      isBound: false,
    };
  }

  /** @throws Problem `submission_not_found`, `result_gone`, `overloaded`, `unavailable` */
  follow({ submissionId, fresh }: OpenedRun, client: Client): Promise<Follower> {
    return this.watches.follow(submissionId, client, fresh);
  }
}
