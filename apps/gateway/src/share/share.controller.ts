import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LinkPages } from './link.pages';
import { replyWithPage } from './page.reply';

/** What a link shows to a person who opens it. */
@Controller('s')
export class ShareController {
  constructor(private readonly pages: LinkPages) {}

  @Get(':code')
  async openSharePage(
    @Param('code') code: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await replyWithPage(request, reply, () => this.pages.share(code));
  }
}
