import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ReadinessResponse } from '@runbin/contracts/operations';
import { GatewayReadiness } from './gateway.readiness';

@Controller()
export class GatewayHealthController {
  constructor(private readonly readiness: GatewayReadiness) {}

  @Get('healthz')
  checkAlive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  async checkReady(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessResponse> {
    const answer = await this.readiness.check();
    if (answer.status !== 'ok') void reply.status(503).header('retry-after', '1');
    return answer;
  }
}
