import { UseInterceptors } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import { submissionAuthorize, submissionDelete } from '@runbin/contracts/rpc';
import { DatabaseErrorInterceptor } from '@runbin/persistence/database.error';
import { RpcController } from '@runbin/platform/rpc.controller';
import { ContractPipe } from '@runbin/platform/rpc.pipe';
import { DeletionService } from './deletion.service';

/** What only the owner of a submission may ask for. */
@RpcController()
@UseInterceptors(DatabaseErrorInterceptor)
export class DeletionController {
  constructor(private readonly service: DeletionService) {}

  @MessagePattern(submissionAuthorize.subject)
  authorize(
    @Payload(new ContractPipe(submissionAuthorize.request))
    request: z.infer<typeof submissionAuthorize.request>,
  ) {
    return this.service.authorize(request);
  }

  @MessagePattern(submissionDelete.subject)
  delete(
    @Payload(new ContractPipe(submissionDelete.request)) request: z.infer<typeof submissionDelete.request>,
  ) {
    return this.service.delete(request);
  }
}
