import { Inject, Injectable } from '@nestjs/common';
import type { Limits } from '@runbin/contracts/limits';
import type { Result } from '@runbin/contracts/result';
import { submissionCreate, submissionGet } from '@runbin/contracts/rpc';
import { isFinal } from '@runbin/contracts/status';
import type { Submission, SubmitCodeRequest, SubmitCodeResponse } from '@runbin/contracts/submission';
import { compilerArgProblem } from '@runbin/languages/command';
import { Problem } from '@runbin/platform/problem';
import { RpcClient } from '@runbin/platform/rpc.client';
import { LanguageDesk } from '../languages/language.desk';
import { awaitFinal } from '../waiting/await.final';
import { ResultWaiters } from '../waiting/result.waiters';
import { queuedResult } from './queued.result';
import { ResultDesk } from './result.desk';
import { createCommand } from './run.command';

export const LIMIT_CAPS = Symbol('LIMIT_CAPS');

/** A submission that was accepted; `finished` when the result was waited for and came in time. */
export interface Accepted {
  response: SubmitCodeResponse;
  finished: Result | undefined;
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
  async submit(request: SubmitCodeRequest, waitMs: number, signal: AbortSignal): Promise<Accepted> {
    const language = this.languages.find(request.language);
    const refused = compilerArgProblem(language, request.compiler_args);
    if (refused !== undefined) throw new Problem('compiler_arg_refused', refused);
    const { command, ownerToken } = createCommand(request, language, this.caps);
    this.languages.requireOffered(language);

    // Before the submission exists: its result can not be announced unheard.
    using waiter = waitMs > 0 ? this.waiters.register(command.submission_id) : undefined;
    const { created_at } = await this.rpc.call(submissionCreate, command);
    const response: SubmitCodeResponse = {
      submission_id: command.submission_id,
      status: 'queued',
      created_at,
      owner_token: ownerToken,
    };
    if (!waiter) return { response, finished: undefined };
    const known = queuedResult({ ...command, created_at });
    // What was accepted stays accepted: without an answer it is a result that is not final yet.
    const ask = async () => (await this.results.stored(command.submission_id)) ?? known;
    const result = await awaitFinal(this.waiters, waiter, ask, { waitMs, signal, known });
    return { response, finished: isFinal(result.status) ? result : undefined };
  }

  /** @throws Problem `submission_not_found`, `unavailable` */
  async read(submissionId: string): Promise<Submission> {
    const submission = await this.rpc.call(submissionGet, { submission_id: submissionId });
    if (!submission) throw new Problem('submission_not_found', `There is no submission ${submissionId}.`);
    return submission;
  }
}
