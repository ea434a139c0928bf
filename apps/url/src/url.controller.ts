import { UseInterceptors } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import { urlCreate, urlLinked, urlResolve, urlRetire, urlRevoke } from '@runbin/contracts/rpc';
import { DatabaseErrorInterceptor } from '@runbin/persistence/database.error';
import { RpcController } from '@runbin/platform/rpc.controller';
import { ContractPipe } from '@runbin/platform/rpc.pipe';
import { UrlService } from './url.service';

@RpcController()
@UseInterceptors(DatabaseErrorInterceptor)
export class UrlController {
  constructor(private readonly service: UrlService) {}

  @MessagePattern(urlCreate.subject)
  create(@Payload(new ContractPipe(urlCreate.request)) request: z.infer<typeof urlCreate.request>) {
    return this.service.create(request.submission_id, request.expires_in_seconds);
  }

  @MessagePattern(urlResolve.subject)
  resolve(@Payload(new ContractPipe(urlResolve.request)) request: z.infer<typeof urlResolve.request>) {
    return this.service.resolve(request.code);
  }

  @MessagePattern(urlLinked.subject)
  linked(@Payload(new ContractPipe(urlLinked.request)) request: z.infer<typeof urlLinked.request>) {
    return this.service.linked(request.submission_ids);
  }

  @MessagePattern(urlRevoke.subject)
  revoke(@Payload(new ContractPipe(urlRevoke.request)) request: z.infer<typeof urlRevoke.request>) {
    return this.service.revoke(request.code);
  }

  @MessagePattern(urlRetire.subject)
  retire(@Payload(new ContractPipe(urlRetire.request)) request: z.infer<typeof urlRetire.request>) {
    return this.service.retire(request.submission_id);
  }
}
