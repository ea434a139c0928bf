import { Inject, Injectable } from '@nestjs/common';
import type { Interactive } from '@runbin/contracts/interactive';
import type { Limits } from '@runbin/contracts/limits';
import type { Result } from '@runbin/contracts/result';
import { submissionCreate, submissionGet } from '@runbin/contracts/rpc';
import { isFinal } from '@runbin/contracts/status';
import type { Submission, SubmitCodeRequest, SubmitCodeResponse } from '@runbin/contracts/submission';
import { compilerArgProblem } from '@runbin/languages/command';
import type { Client } from '../admission/client';
import { Problem } from '@runbin/platform/problem';
import { RpcClient } from '@runbin/platform/rpc.client';
import { LanguageDesk } from '../languages/language.desk';
import { LIMIT_CAPS } from '../languages/limit.caps';
import { awaitFinal } from '../waiting/await.final';
import { ResultWaiters, type Waiter } from '../waiting/result.waiters';
import { type KeyedRequest, repeatableOwnerToken } from './idempotency';
import { queuedResult } from './queued.result';
import { ResultDesk } from './result.desk';
import { createCommand, type CreateSubmission } from './run.command';

/** A submission that was accepted; `finished` when the result was waited for and came in time. */
export interface Accepted {
  response: SubmitCodeResponse;
  /** Its id, whatever name it was asked for by. */
  language: string;
  finished: Result | undefined;
  /** It was accepted before, by the same idempotency key. */
  replayed: boolean;
}

/** Who submits, and how. */
export interface SubmitOptions {
  readonly client: Client;
  readonly keyed: KeyedRequest | undefined;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** How it can be reached while it runs; absent: input is what came with it. */
  readonly interactive?: Interactive;
}

/** Takes submissions in and reads them back. */
@Injectable()
export class SubmissionDesk {
  constructor(
    private readonly rpc: RpcClient,
    private readonly languages: LanguageDesk,
    private readonly results: ResultDesk,
    private readonly waiters: ResultWaiters,
    @Inject(LIMIT_CAPS) private readonly caps: Limits,
  ) {}

  /** @throws Problem for everything that is wrong with the request; then nothing has been stored */
  async submit(
    request: SubmitCodeRequest,
    { client, keyed, waitMs, signal, interactive }: SubmitOptions,
  ): Promise<Accepted> {
    const language = this.languages.find(request.language);
    const refused = compilerArgProblem(language, request.compiler_args);
    if (refused !== undefined) throw new Problem('compiler_arg_refused', refused);
    const ownerToken = keyed && repeatableOwnerToken(keyed.key, keyed.facts.owner_token_salt);
    const created = createCommand(request, language, this.caps, ownerToken);
    const command: CreateSubmission = {
      ...created.command,
      interactive: interactive ?? null,
      client: client.isBounded ? client.id : undefined,
      idempotency: keyed?.facts,
    };
    this.languages.requireOffered(language);

    // Before the submission exists: its result can not be announced unheard.
    using waiter = waitMs > 0 ? this.waiters.register(command.submission_id) : undefined;
    const { submission_id, created_at, replayed } = await this.rpc.call(submissionCreate, command);
    const response: SubmitCodeResponse = {
      submission_id,
      status: 'queued',
      created_at,
      owner_token:
        keyed && replayed
          ? (repeatableOwnerToken(keyed.key, replayed.owner_token_salt) ?? null)
          : created.ownerToken,
    };
    const known = queuedResult({ ...command, submission_id, created_at });
    const accepted = {
      response,
      language: language.id,
      replayed: replayed !== undefined,
      finished: undefined,
    };
    if (!waiter) return accepted;
    // Of a submission that was there before nothing is known, and its result may have been announced long ago.
    using latecomer = replayed && this.waiters.register(submission_id);
    const result = await this.resultOf(known, latecomer ?? waiter, {
      waitMs,
      signal,
      ...(replayed ? {} : { known }),
    });
    return { ...accepted, finished: isFinal(result.status) ? result : undefined };
  }

  /** What was accepted stays accepted: without an answer it is a result that is not final yet. */
  private async resultOf(
    queued: Result,
    waiter: Waiter,
    options: { waitMs: number; signal: AbortSignal; known?: Result },
  ): Promise<Result> {
    const ask = async () => (await this.results.stored(queued.submission_id)) ?? queued;
    return awaitFinal(this.waiters, waiter, ask, options);
  }

  /** @throws Problem `submission_not_found`, `unavailable` */
  async read(submissionId: string): Promise<Submission> {
    const submission = await this.rpc.call(submissionGet, { submission_id: submissionId });
    if (!submission) throw new Problem('submission_not_found', `There is no submission ${submissionId}.`);
    return submission;
  }
}
