import { UseInterceptors } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import { resultDelete, resultFinals, resultGet, resultReplay } from '@runbin/contracts/rpc';
import { DatabaseErrorInterceptor } from '@runbin/persistence/database.error';
import { RpcController } from '@runbin/platform/rpc.controller';
import { ContractPipe } from '@runbin/platform/rpc.pipe';
import { ResultService } from './result.service';

@RpcController()
@UseInterceptors(DatabaseErrorInterceptor)
export class ResultController {
  constructor(private readonly service: ResultService) {}

  @MessagePattern(resultGet.subject)
  get(@Payload(new ContractPipe(resultGet.request)) request: z.infer<typeof resultGet.request>) {
    return this.service.get(request.submission_id);
  }

  @MessagePattern(resultReplay.subject)
  replay(@Payload(new ContractPipe(resultReplay.request)) request: z.infer<typeof resultReplay.request>) {
    return this.service.replay(request.submission_id);
  }

  @MessagePattern(resultFinals.subject)
  finals(@Payload(new ContractPipe(resultFinals.request)) request: z.infer<typeof resultFinals.request>) {
    return this.service.finals(request.submission_ids);
  }

  @MessagePattern(resultDelete.subject)
  delete(@Payload(new ContractPipe(resultDelete.request)) request: z.infer<typeof resultDelete.request>) {
    return this.service.delete(request.submission_id);
  }
}
