import { Controller, Get, Header, Query } from '@nestjs/common';
import type { OEmbedResponse } from '@runbin/contracts/embed';
import { Problem } from '@runbin/platform/problem';
import { visibleText } from '../display/deceptive';
import { markup } from '../http/html';
import { embedAddress } from '../share/addresses';
import { LinkDesk } from '../urls/link.desk';
import { PublicUrl } from '../urls/public.url';
import { type OEmbedQuery, OEmbedQueryPipe } from './embed.query';

const WIDTH = 720;
const LEAST_HEIGHT = 220;
const MOST_HEIGHT = 480;
const BAR_HEIGHT = 110;
const LINE_HEIGHT = 20;

/** Seconds. Also links that are for ever can be revoked. */
const CACHE_S = 300;

/** What a frame of somebody else's page may let ours do: open the whole page, in a window that is free. */
export const EMBED_SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';

/** oembed.com: how to show a link elsewhere. */
@Controller('oembed')
export class OEmbedController {
  constructor(
    private readonly links: LinkDesk,
    private readonly publicUrl: PublicUrl,
  ) {}

  @Get()
  @Header('cache-control', `private, max-age=${CACHE_S}`)
  async getOEmbed(@Query(OEmbedQueryPipe) query: OEmbedQuery): Promise<OEmbedResponse> {
    const code = this.publicUrl.codeIn(query.url);
    if (code === undefined) throw new Problem('not_found', 'This is no link of this server.');
    const { files } = await this.links.submission(code);
    const lines = files.reduce((sum, { content }) => sum + content.split('\n', 30).length, 0);
    const wanted = Math.min(Math.max(BAR_HEIGHT + lines * LINE_HEIGHT, LEAST_HEIGHT), MOST_HEIGHT);
    const [width, height] = [
      Math.min(query.maxwidth ?? WIDTH, WIDTH),
      Math.min(query.maxheight ?? wanted, wanted),
    ];
    const title = `${visibleText(files[0]?.name ?? 'A program')} · Runbin`;
    const frame = markup`<iframe src="${this.publicUrl.of(embedAddress(code))}" width="${width}" height="${height}" title="${title}" sandbox="${EMBED_SANDBOX}" loading="lazy" referrerpolicy="no-referrer" style="border:0"></iframe>`;
    return {
      version: '1.0',
      type: 'rich',
      title,
      provider_name: 'Runbin',
      provider_url: this.publicUrl.of('/'),
      cache_age: CACHE_S,
      html: frame.text,
      width,
      height,
    };
  }
}
