import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LinkPages } from '../share/link.pages';
import { EMBED_HEADERS } from '../share/page.policies';
import { replyWithPage } from '../share/page.reply';
import { embedOptions } from './embed.query';

/** What a link shows, within a page of somebody else. */
@Controller('embed')
export class EmbedController {
  constructor(private readonly pages: LinkPages) {}

  @Get(':code')
  async openEmbed(
    @Param('code') code: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await replyWithPage(
      request,
      reply,
      async () => this.pages.embed(code, embedOptions(query)),
      EMBED_HEADERS,
    );
  }
}
