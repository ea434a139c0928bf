import { Readable } from 'node:stream';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Budgets } from '../admission/budgets';
import { type Client, RequestClient } from '../admission/client';
import { ClientGone } from '../http/client.gone';
import { SubmissionIdPipe } from '../http/submission.id.pipe';
import { eventStream } from './event.stream';
import { After } from './last.event.id';
import type { Place } from './run.place';
import { RunWatches } from './run.watches';

/** A client that took nothing for this long is cut off; it can come again and go on. */
const STALLED_MS = 150_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would gather what is to be seen at once.
  'x-accel-buffering': 'no',
};

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
    reply.raw.once('close', () => place[Symbol.dispose]());
    const follower = await this.watches.follow(submissionId, client);
    if (gone.aborted) return follower[Symbol.dispose]();
    reply.raw.once('close', () => follower[Symbol.dispose]());
    void reply.headers(HEADERS);
    if (request.method === 'HEAD') return void reply.send();
    // Idle is who takes nothing: while the client lags nothing is written, not even a heartbeat.
    request.raw.socket.setTimeout(STALLED_MS);
    void reply.send(Readable.from(eventStream(follower, after, gone), { objectMode: false }));
  }
}
