import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  type GenerateUrlRequest,
  GenerateUrlRequestSchema,
  type GenerateUrlResponse,
  type GetSubmissionResponse,
} from '@runbin/contracts/url';
import { ContractBody } from '../http/contract.body';
import { OwnerTokenSha256 } from '../http/owner.token';
import { NoQuery } from '../http/query.pipe';
import { SubmissionIdPipe } from '../http/submission.id.pipe';
import { LinkDesk } from './link.desk';

@Controller('v1')
export class UrlsController {
  constructor(private readonly links: LinkDesk) {}

  @Post('submissions/:submission_id/url')
  async generateUrl(
    @Param('submission_id', SubmissionIdPipe) submissionId: string,
    @Query(NoQuery) _query: unknown,
    @Body(new ContractBody(GenerateUrlRequestSchema, {})) options: GenerateUrlRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GenerateUrlResponse> {
    const { response, created } = await this.links.make(submissionId, options);
    if (created) void reply.header('location', response.unique_url);
    else void reply.status(200);
    return response;
  }

  @Get('urls/:code')
  getSubmission(
    @Param('code') code: string,
    @Query(NoQuery) _query: unknown,
  ): Promise<GetSubmissionResponse> {
    return this.links.open(code);
  }

  @Delete('urls/:code')
  @HttpCode(204)
  revokeUrl(
    @Param('code') code: string,
    @Query(NoQuery) _query: unknown,
    @OwnerTokenSha256() ownerTokenSha256: string,
  ): Promise<void> {
    return this.links.revoke(code, ownerTokenSha256);
  }
}
