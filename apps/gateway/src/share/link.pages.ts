import { Inject, Injectable } from '@nestjs/common';
import { isFinal } from '@runbin/contracts/status';
import type { Catalogue } from '@runbin/languages/catalogue';
import { Highlighter, timeOfPage } from '../display/highlighter';
import { markup } from '../http/html';
import { CATALOGUE } from '../languages/language.desk';
import type { ShownLink } from '../urls/link.desk';
import { WebBuild } from '../web/web.build';
import { SHARE_CSP } from './page.policies';
import type { Page } from './page.reply';
import { sharePage } from './share.page';

/** Characters of HTML for all files of a page, and for all that came out; the raw addresses and the API have the rest. */
const CODE_CHARACTERS = 768 * 1024;
const RESULTS_CHARACTERS = 768 * 1024;

/** A link can be revoked: whoever has the page asks each time whether it is still there. */
const ASK_EACH_TIME = 'private, no-cache';

/** Makes the pages of links. */
@Injectable()
export class LinkPages {
  constructor(
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    private readonly highlighter: Highlighter,
    private readonly web: WebBuild,
  ) {}

  share(shown: ShownLink): Page {
    const html = sharePage(shown, {
      ...this.showing(),
      earlyScript: this.web.entry('early')?.script,
      script: this.web.entry('share')?.script,
      card: markup``,
    });
    return { html, headers: { 'content-security-policy': SHARE_CSP, ...cachingOf(shown) } };
  }

  private showing() {
    return {
      catalogue: this.catalogue,
      highlighter: this.highlighter,
      time: timeOfPage(),
      room: { characters: CODE_CHARACTERS },
      resultsRoom: { characters: RESULTS_CHARACTERS },
    };
  }
}

/** Only what stays as it is can be had again. */
const cachingOf = ({ result }: ShownLink): Record<string, string> =>
  result && isFinal(result.status) ? { 'cache-control': ASK_EACH_TIME } : {};
