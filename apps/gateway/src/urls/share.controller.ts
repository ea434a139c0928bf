import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { LinkDesk } from './link.desk';
import { SHARE_CSP, sharePage, shareProblemPage } from './share.page';

/** What a link shows to a person who opens it: one page without any script. */
@Controller('s')
export class ShareController {
  constructor(private readonly links: LinkDesk) {}

  @Get(':code')
  async openSharePage(@Param('code') code: string, @Res() reply: FastifyReply): Promise<void> {
    const { status, page } = await this.render(code);
    void reply
      .status(status)
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': SHARE_CSP,
        'x-robots-tag': 'noindex',
        ...(status === 503 ? { 'retry-after': '1' } : {}),
      })
      .send(page);
  }

  private async render(code: string): Promise<{ status: number; page: string }> {
    try {
      return { status: 200, page: sharePage(code, await this.links.open(code)) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { status: error.status, page: shareProblemPage(error) };
    }
  }
}
