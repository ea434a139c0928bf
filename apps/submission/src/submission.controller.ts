import { UseInterceptors } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import {
  submissionCreate,
  submissionGet,
  submissionPayload,
  submissionQueue,
  submissionRepeat,
  submissionSummary,
} from '@runbin/contracts/rpc';
import { DatabaseErrorInterceptor } from '@runbin/persistence/database.error';
import { RpcController } from '@runbin/platform/rpc.controller';
import { ContractPipe } from '@runbin/platform/rpc.pipe';
import { QueueReport } from './queue.report';
import { SubmissionService } from './submission.service';

@RpcController()
@UseInterceptors(DatabaseErrorInterceptor)
export class SubmissionController {
  constructor(
    private readonly service: SubmissionService,
    private readonly queue: QueueReport,
  ) {}

  @MessagePattern(submissionCreate.subject)
  create(
    @Payload(new ContractPipe(submissionCreate.request)) request: z.infer<typeof submissionCreate.request>,
  ) {
    return this.service.create(request);
  }

  @MessagePattern(submissionRepeat.subject)
  repeat(
    @Payload(new ContractPipe(submissionRepeat.request)) request: z.infer<typeof submissionRepeat.request>,
  ) {
    return this.service.repeat(request.submission_id, request.repetition_id);
  }

  @MessagePattern(submissionGet.subject)
  get(@Payload(new ContractPipe(submissionGet.request)) request: z.infer<typeof submissionGet.request>) {
    return this.service.get(request.submission_id);
  }

  @MessagePattern(submissionSummary.subject)
  summary(
    @Payload(new ContractPipe(submissionSummary.request)) request: z.infer<typeof submissionSummary.request>,
  ) {
    return this.service.summary(request.submission_id);
  }

  @MessagePattern(submissionPayload.subject)
  payload(
    @Payload(new ContractPipe(submissionPayload.request)) request: z.infer<typeof submissionPayload.request>,
  ) {
    return this.service.payload(request.submission_id);
  }

  @MessagePattern(submissionQueue.subject)
  readQueue(): Promise<z.infer<typeof submissionQueue.reply>> {
    return this.queue.read();
  }
}
