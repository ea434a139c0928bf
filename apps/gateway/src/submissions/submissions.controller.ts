import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
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
import { DeletionDesk } from './deletion.desk';
import { IdempotencyKey, keyedRequest } from './idempotency';
import { ResultDesk } from './result.desk';
import { SubmissionDesk } from './submission.desk';

@Controller('v1/submissions')
export class SubmissionsController {
  constructor(
    private readonly submissions: SubmissionDesk,
    private readonly results: ResultDesk,
    private readonly deletions: DeletionDesk,
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
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubmitCodeResponse | SubmitCodeFinishedResponse> {
    // Without a place to wait in it is accepted all the same, and answered at once.
    using place = waitMs > 0 ? this.budgets.waitIfRoom(client) : undefined;
    const { response, finished, replayed } = await this.submissions.submit(request, {
      client,
      keyed: key === undefined ? undefined : keyedRequest(key, client, body),
      waitMs: place ? waitMs : 0,
      signal,
    });
    if (replayed) void reply.header(IDEMPOTENCY_REPLAYED_HEADER, 'true');
    void reply.header('location', `/v1/submissions/${response.submission_id}`);
    if (!finished) return response;
    void reply.status(200);
    return { ...finished, owner_token: response.owner_token };
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
