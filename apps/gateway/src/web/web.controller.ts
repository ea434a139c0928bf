import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { EDITOR_CSP } from '../http/security.headers';
import { WebBuild } from './web.build';
import { sendWebAsset, sendWebPage } from './web.files';

/** The pages of apps/web, and what they load. */
@Controller()
export class WebController {
  constructor(private readonly build: WebBuild) {}

  @Get()
  openEditor(@Res() reply: FastifyReply): void {
    sendWebPage(reply, this.build, 'index', EDITOR_CSP);
  }

  @Get('status')
  openStatus(@Res() reply: FastifyReply): void {
    sendWebPage(reply, this.build, 'status');
  }

  @Get('assets/:asset')
  getWebAsset(@Param('asset') name: string, @Res() reply: FastifyReply): void {
    sendWebAsset(reply, this.build, name);
  }
}
