import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SharedResult } from '@runbin/contracts/result';
import { Budgets } from '../admission/budgets';
import { type Client, RequestClient } from '../admission/client';
import { ClientGone } from '../http/client.gone';
import { whenClosed } from '../http/when.closed';
import { WaitQuery } from '../http/query.pipe';
import { EVENT_HEADERS, eventReply } from '../live/event.reply';
import { After } from '../live/last.event.id';
import type { Place } from '../live/run.place';
import { RunWatches } from '../live/run.watches';
import { LinkDesk, unlessDeleted } from './link.desk';

/** The run of a link, for those who know the link only. */
@Controller('v1/urls')
export class SharedRunController {
  constructor(
    private readonly links: LinkDesk,
    private readonly watches: RunWatches,
    private readonly budgets: Budgets,
  ) {}

  @Get(':code/result')
  async getSharedResult(
    @Param('code') code: string,
    @Query(WaitQuery) waitMs: number,
    @RequestClient() client: Client,
    @ClientGone() gone: AbortSignal,
  ): Promise<SharedResult> {
    using _place = waitMs > 0 ? this.budgets.wait(client) : undefined;
    return await this.links.awaitResult(code, waitMs, gone);
  }

  @Get(':code/events')
  async followSharedRun(
    @Param('code') code: string,
    @After() after: Place | 'end' | undefined,
    @RequestClient() client: Client,
    @ClientGone() gone: AbortSignal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const place = this.budgets.watch(client);
    whenClosed(reply.raw, () => place[Symbol.dispose]());
    const link = await this.links.hold(code);
    whenClosed(reply.raw, () => link[Symbol.dispose]());
    // An EventSource that has everything comes again all the same, unless it is told not to.
    if (after === 'end') return void reply.status(204).send();
    const follower = await this.watches.follow(link.submissionId, client).catch(unlessDeleted);
    if (gone.aborted || request.method === 'HEAD') follower[Symbol.dispose]();
    if (gone.aborted) return;
    if (request.method === 'HEAD') return void reply.headers(EVENT_HEADERS).send();
    const signal = AbortSignal.any([gone, link.ended]);
    void reply.send(eventReply(request, reply, follower, { after, signal, isShared: true }));
  }
}
