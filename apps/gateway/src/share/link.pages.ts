import { Inject, Injectable } from '@nestjs/common';
import { isFinal } from '@runbin/contracts/status';
import type { Catalogue } from '@runbin/languages/catalogue';
import { Highlighter, timeOfPage } from '../display/highlighter';
import { CATALOGUE } from '../languages/language.desk';
import type { ShownLink } from '../urls/link.desk';
import { PublicUrl } from '../urls/public.url';
import { WebBuild } from '../web/web.build';
import { cardTags } from './card.tags';
import { SHARE_CSP } from './page.policies';
import type { Page } from './page.reply';
import { type PageParts, sharePage } from './share.page';

/** Characters of HTML for all files of a page, and for all that came out; the raw addresses and the API have the rest. */
const CODE_CHARACTERS = 768 * 1024;
const RESULTS_CHARACTERS = 768 * 1024;

/** A link can be revoked: whoever has the page asks each time whether it is still there. */
const ASK_EACH_TIME = 'private, no-cache';

/** Makes the page of a link, and what it takes to make another. */
@Injectable()
export class LinkPages {
  constructor(
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    private readonly highlighter: Highlighter,
    private readonly web: WebBuild,
    private readonly publicUrl: PublicUrl,
  ) {}

  share(shown: ShownLink): Page {
    const html = sharePage(shown, this.parts(shown));
    return { html, headers: { 'content-security-policy': SHARE_CSP, ...cachingOf(shown) } };
  }

  /** What pages of a link are made of; each time anew, since they use up their time and room. */
  parts(shown: ShownLink): PageParts {
    return {
      catalogue: this.catalogue,
      highlighter: this.highlighter,
      time: timeOfPage(),
      room: { characters: CODE_CHARACTERS },
      resultsRoom: { characters: RESULTS_CHARACTERS },
      earlyScript: this.web.entry('early')?.script,
      script: this.web.entry('share')?.script,
      card: cardTags(shown, this.publicUrl),
    };
  }
}

/** Only what stays as it is can be had again. */
export const cachingOf = ({ result }: ShownLink): Record<string, string> =>
  result && isFinal(result.status) ? { 'cache-control': ASK_EACH_TIME } : {};
