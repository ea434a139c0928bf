import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { GatewayMetrics } from './gateway.metrics';
import { MetricsAccess } from './metrics.access';

@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: GatewayMetrics,
    private readonly access: MetricsAccess,
  ) {}

  @Get()
  async readMetrics(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!this.access.isAllowed(request))
      throw new Problem('not_found', 'There is nothing for you here; GET /v1/status is for everybody.');
    void reply.header('content-type', this.metrics.contentType);
    return await this.metrics.read();
  }
}
