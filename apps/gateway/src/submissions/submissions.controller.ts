import type { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IDEMPOTENCY_REPLAYED_HEADER } from '@runbin/contracts/idempotency';
import type { SubmitCodeFinishedResponse } from '@runbin/contracts/operations';
import type { Result } from '@runbin/contracts/result';
import {
  type Submission,
  type SubmitCodeRequest,
  SubmitCodeRequestSchema,
  type SubmitCodeResponse,
} from '@runbin/contracts/submission';
import { Budgets } from '../admission/budgets';
import { type Client, RequestClient } from '../admission/client';
import { ClientGone } from '../http/client.gone';
import { ContractBody } from '../http/contract.body';
import { OwnerTokenSha256 } from '../http/owner.token';
import { NoQuery, WaitQuery } from '../http/query.pipe';
import { SubmissionIdPipe } from '../http/submission.id.pipe';
import { eventReply, wantsEvents } from '../live/event.reply';
import { acceptedText } from '../live/event.stream';
import { type Follower, RunWatches } from '../live/run.watches';
import { Problem } from '@runbin/platform/problem';
import { DeletionDesk } from './deletion.desk';
import { IdempotencyKey, keyedRequest } from './idempotency';
import { ResultDesk } from './result.desk';
import { type Accepted, SubmissionDesk } from './submission.desk';

@Controller('v1/submissions')
export class SubmissionsController {
  constructor(
    private readonly submissions: SubmissionDesk,
    private readonly results: ResultDesk,
    private readonly deletions: DeletionDesk,
    private readonly watches: RunWatches,
    private readonly budgets: Budgets,
  ) {}

  @Post()
  async submitCode(
    @Query(WaitQuery) waitMs: number,
    @Body(new ContractBody(SubmitCodeRequestSchema)) request: SubmitCodeRequest,
    @Body() body: unknown,
    @IdempotencyKey() key: string | undefined,
    @RequestClient() client: Client,
    @ClientGone() signal: AbortSignal,
    @Req() httpRequest: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubmitCodeResponse | SubmitCodeFinishedResponse | Readable> {
    const asksForEvents = wantsEvents(httpRequest);
    if (asksForEvents && waitMs > 0)
      throw new Problem('invalid_request', '?wait= is of no use where the events are the answer.');
    // Without a place to wait in it is accepted all the same, and answered at once.
    using place = waitMs > 0 ? this.budgets.waitIfRoom(client) : undefined;
    const accepted = await this.submissions.submit(request, {
      client,
      keyed: key === undefined ? undefined : keyedRequest(key, client, body),
      waitMs: place ? waitMs : 0,
      signal,
    });
    const { response, finished, replayed } = accepted;
    if (replayed) void reply.header(IDEMPOTENCY_REPLAYED_HEADER, 'true');
    void reply.header('location', `/v1/submissions/${response.submission_id}`);
    if (asksForEvents) {
      const follower = await this.followed(accepted, client, signal);
      const first = acceptedText(response);
      if (follower) return eventReply(httpRequest, reply, follower, { after: undefined, signal, first });
    }
    if (!finished) return response;
    void reply.status(200);
    return { ...finished, owner_token: response.owner_token };
  }

  /** Undefined when it can not be followed from here just now: what was accepted is answered all the same. */
  private async followed(
    { response, language, replayed }: Accepted,
    client: Client,
    signal: AbortSignal,
  ): Promise<Follower | undefined> {
    const place = this.budgets.watchIfRoom(client);
    if (!place) return undefined;
    const fresh = replayed ? undefined : { ...response, language };
    const follower = await this.watches
      .follow(response.submission_id, client, fresh)
      .catch((error: unknown) => {
        place[Symbol.dispose]();
        if (error instanceof Problem) return undefined;
        throw error;
      });
    if (!follower) return undefined;
    const leave = () => {
      follower[Symbol.dispose]();
      place[Symbol.dispose]();
    };
    if (!signal.aborted)
      return { next: (from, patience) => follower.next(from, patience), [Symbol.dispose]: leave };
    leave();
    return undefined;
  }

  @Get(':submission_id')
  readSubmission(
    @Param('submission_id', SubmissionIdPipe) submissionId: string,
    @Query(NoQuery) _query: unknown,
  ): Promise<Submission> {
    return this.submissions.read(submissionId);
  }

  @Delete(':submission_id')
  @HttpCode(204)
  deleteSubmission(
    @Param('submission_id', SubmissionIdPipe) submissionId: string,
    @Query(NoQuery) _query: unknown,
    @OwnerTokenSha256() ownerTokenSha256: string,
  ): Promise<void> {
    return this.deletions.delete(submissionId, ownerTokenSha256);
  }

  @Get(':submission_id/result')
  async getResult(
    @Param('submission_id', SubmissionIdPipe) submissionId: string,
    @Query(WaitQuery) waitMs: number,
    @RequestClient() client: Client,
    @ClientGone() gone: AbortSignal,
  ): Promise<Result> {
    using _place = waitMs > 0 ? this.budgets.wait(client) : undefined;
    return await this.results.get(submissionId, waitMs, gone);
  }
}
