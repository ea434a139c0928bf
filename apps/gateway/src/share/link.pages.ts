import { Injectable } from '@nestjs/common';
import { isFinal } from '@runbin/contracts/status';
import type { Link } from '@runbin/contracts/url';
import type { EmbedOptions } from '../embed/embed.query';
import { KeptPages, type MadePage } from '../rendering/kept.pages';
import { RenderPool } from '../rendering/render.pool';
import type { PageSite, RenderTask } from '../rendering/render.task';
import { LinkDesk, type ShownLink } from '../urls/link.desk';
import { PublicUrl } from '../urls/public.url';
import { WebBuild } from '../web/web.build';
import { SHARE_CSP } from './page.policies';
import type { Page } from './page.reply';

/** A link can be revoked: whoever has the page asks each time whether it is still there. */
const ASK_EACH_TIME = 'private, no-cache';

/**
 * The pages of links. For each reader it is asked whether the link is there, and what it shows; what then has to be made
 * is made once, by another thread.
 */
@Injectable()
export class LinkPages {
  private readonly pages = new KeptPages();

  constructor(
    private readonly links: LinkDesk,
    private readonly renderer: RenderPool,
    private readonly web: WebBuild,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** @throws Problem `link_not_found`, `link_gone`, `unavailable`, `overloaded` */
  async share(code: string): Promise<Page> {
    const page = await this.page(code, 'share', (shown, site) => ({ kind: 'share', shown, site }));
    return { ...page, headers: { 'content-security-policy': SHARE_CSP, ...page.headers } };
  }

  /** @throws Problem `link_not_found`, `link_gone`, `unavailable`, `overloaded` */
  embed(code: string, options: EmbedOptions): Promise<Page> {
    const name = `embed ${options.show} ${options.theme ?? ''}`;
    return this.page(code, name, (shown, site) => ({ kind: 'embed', shown, site, options }));
  }

  private async page(
    code: string,
    name: string,
    taskOf: (shown: ShownLink, site: PageSite) => Extract<RenderTask, { site: PageSite }>,
  ): Promise<Page> {
    const link = await this.links.present(code);
    const { bytes, isFinal: isKept } = await this.pages.get(keyOf(link, name), () => this.make(link, taskOf));
    return { html: bytes, headers: isKept ? { 'cache-control': ASK_EACH_TIME } : {} };
  }

  private async make(
    link: Link,
    taskOf: (shown: ShownLink, site: PageSite) => Extract<RenderTask, { site: PageSite }>,
  ): Promise<MadePage> {
    const shown = await this.links.shown(link);
    const html = await this.renderer.render(taskOf(shown, this.site()));
    return {
      bytes: Buffer.from(html),
      isFinal: shown.result !== null && isFinal(shown.result.status),
    };
  }

  private site(): PageSite {
    return {
      base: this.publicUrl.of(''),
      earlyScript: this.web.entry('early')?.script,
      script: this.web.entry('share')?.script,
    };
  }
}

/** A submission never changes, nor does a final result; the page says when its link expires. */
const keyOf = ({ code, submission_id, expires_at }: Link, name: string) =>
  `${name} ${code} ${submission_id} ${expires_at}`;
