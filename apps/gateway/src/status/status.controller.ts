import { Controller, Get, Query } from '@nestjs/common';
import type { GetStatusResponse } from '@runbin/contracts/service.status';
import { NoQuery } from '../http/query.pipe';
import { StatusDesk } from './status.desk';

@Controller('v1/status')
export class StatusController {
  constructor(private readonly desk: StatusDesk) {}

  @Get()
  getStatus(@Query(NoQuery) _query: unknown): Promise<GetStatusResponse> {
    return this.desk.read();
  }
}
