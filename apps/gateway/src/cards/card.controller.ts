import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendCompressed } from '../http/compressed';
import { LinkDesk } from '../urls/link.desk';
import { CardStudio } from './card.studio';

/** Seconds. Those who show links elsewhere keep what they got; a link that is revoked should not look alive for long. */
const KEPT_S = 300;

/** The picture that a link has where it is shown elsewhere. */
@Controller('s')
export class CardController {
  constructor(
    private readonly links: LinkDesk,
    private readonly studio: CardStudio,
  ) {}

  @Get(':code/card.png')
  async getCard(
    @Param('code') code: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const card = await this.studio.cardOf(await this.links.show(code));
    void reply.headers({
      'content-type': 'image/png',
      'cache-control': `public, max-age=${KEPT_S}`,
      'cross-origin-resource-policy': 'cross-origin',
      'x-robots-tag': 'noindex',
    });
    await sendCompressed(request, reply, card);
  }
}
