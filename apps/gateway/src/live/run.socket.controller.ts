import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { Budgets } from '../admission/budgets';
import { type Client, RequestClient } from '../admission/client';
import { NoQuery } from '../http/query.pipe';
import { upgradeOf } from '../http/upgrades';
import { RunSockets } from './run.sockets';

@Controller('v1/run')
export class RunSocketController {
  constructor(
    private readonly sockets: RunSockets,
    private readonly budgets: Budgets,
  ) {}

  @Get()
  openRunSocket(
    @Query(NoQuery) _query: unknown,
    @RequestClient() client: Client,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const upgrade = upgradeOf(request.raw);
    if (!upgrade) {
      void reply.header('upgrade', 'websocket');
      throw new Problem('upgrade_required', 'Open a WebSocket here; its first message is `run` or `attach`.');
    }
    const place = this.budgets.socket(client);
    upgrade.socket.once('close', () => place[Symbol.dispose]());
    reply.hijack();
    reply.raw.detachSocket(upgrade.socket);
    this.sockets.accept(request.raw, upgrade, { client, room: () => this.budgets.message(client) });
  }
}
