import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Budgets } from '../admission/budgets';
import { type Client, RequestClient } from '../admission/client';
import { ClientGone } from '../http/client.gone';
import { SubmissionIdPipe } from '../http/submission.id.pipe';
import { whenClosed } from '../http/when.closed';
import { EVENT_HEADERS, eventReply } from './event.reply';
import { After } from './last.event.id';
import type { Place } from './run.place';
import { RunWatches } from './run.watches';

@Controller('v1/submissions')
export class EventsController {
  constructor(
    private readonly watches: RunWatches,
    private readonly budgets: Budgets,
  ) {}

  @Get(':submission_id/events')
  async followRun(
    @Param('submission_id', SubmissionIdPipe) submissionId: string,
    @After() after: Place | 'end' | undefined,
    @RequestClient() client: Client,
    @ClientGone() gone: AbortSignal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // An EventSource that has everything comes again all the same, unless it is told not to.
    if (after === 'end') return void reply.status(204).send();
    const place = this.budgets.watch(client);
    whenClosed(reply.raw, () => place[Symbol.dispose]());
    const follower = await this.watches.follow(submissionId, client);
    if (gone.aborted) return follower[Symbol.dispose]();
    if (request.method === 'HEAD') {
      follower[Symbol.dispose]();
      return void reply.headers(EVENT_HEADERS).send();
    }
    void reply.send(eventReply(request, reply, follower, { after, signal: gone }));
  }
}
