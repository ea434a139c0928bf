import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { SubmitCodeFinishedResponse } from '@runbin/contracts/operations';
import type { Result } from '@runbin/contracts/result';
import {
  type Submission,
  type SubmitCodeRequest,
  SubmitCodeRequestSchema,
  type SubmitCodeResponse,
} from '@runbin/contracts/submission';
import { ClientGone } from '../http/client.gone';
import { ContractBody } from '../http/contract.body';
import { OwnerTokenSha256 } from '../http/owner.token';
import { NoQuery, WaitQuery } from '../http/query.pipe';
import { SubmissionIdPipe } from '../http/submission.id.pipe';
import { DeletionDesk } from './deletion.desk';
import { ResultDesk } from './result.desk';
import { SubmissionDesk } from './submission.desk';

@Controller('v1/submissions')
export class SubmissionsController {
  constructor(
    private readonly submissions: SubmissionDesk,
    private readonly results: ResultDesk,
    private readonly deletions: DeletionDesk,
  ) {}

  @Post()
  async submitCode(
    @Query(WaitQuery) waitMs: number,
    @Body(new ContractBody(SubmitCodeRequestSchema)) request: SubmitCodeRequest,
    @ClientGone() gone: AbortSignal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SubmitCodeResponse | SubmitCodeFinishedResponse> {
    const { response, finished } = await this.submissions.submit(request, waitMs, gone);
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
  getResult(
    @Param('submission_id', SubmissionIdPipe) submissionId: string,
    @Query(WaitQuery) waitMs: number,
    @ClientGone() gone: AbortSignal,
  ): Promise<Result> {
    return this.results.get(submissionId, waitMs, gone);
  }
}
